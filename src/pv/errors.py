"""One exception tree: what a user can mend, said in one line without a traceback."""

# Exit code of a night that went on while something is held for a person: no failure.
HELD = 6

# What is said of one thing, in a table, a log or on a page: text from files makes it no longer.
MESSAGE_LENGTH = 300


def shortened(text: str, length: int = MESSAGE_LENGTH) -> str:
    """The text, cut to a length with a mark of the cut."""
    return text if len(text) <= length else f"{text[: length - 3]}..."


class PoolvigilError(Exception):
    """A failure that the user can act on; the message says what is wrong and how to mend it."""

    exit_code = 1


class UsageError(PoolvigilError):
    """A wrong argument, rule file or setting."""

    exit_code = 2


class GateError(PoolvigilError):
    """A critical expectation failed: nothing was published."""

    exit_code = 3


class LockedError(PoolvigilError):
    """Another night holds this home."""

    exit_code = 4


class PublishError(PoolvigilError):
    """The candidate snapshot failed its own checks: yesterday's snapshot stays."""

    exit_code = 5


class FileProblemError(PoolvigilError):
    """One input file cannot be read (wholly): it fails alone and the night goes on.

    `code` names the problem in one word (`truncated_zip`, `empty_file`, ...), so that a
    schedule can count it; `mend` says what the sender or the operator should do. A problem that is
    too long for a message is cut, what to do is not. Neither holds anything out of the file.
    """

    def __init__(self, code: str, problem: str, mend: str) -> None:
        self.code = code
        self._said = code, problem, mend
        # What became of earlier content under the same name may be said behind it.
        room = MESSAGE_LENGTH - 60 - len(f"{code}: ; {mend}")
        super().__init__(f"{code}: {shortened(problem, room)}; {mend}")

    def __reduce__(self) -> tuple[type["FileProblemError"], tuple[str, str, str]]:
        """It comes out of the process that reads the files as it went in."""
        return FileProblemError, self._said
