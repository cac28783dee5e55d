"""One exception tree: what a user can mend, said in one line without a traceback."""

# Exit code of a night that went on while something is held for a person: no failure.
HELD = 6


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
    schedule can count it; `mend` says what the sender or the operator should do.
    """

    def __init__(self, code: str, problem: str, mend: str) -> None:
        self.code = code
        self._said = code, problem, mend
        super().__init__(f"{code}: {problem}; {mend}")

    def __reduce__(self) -> tuple[type["FileProblemError"], tuple[str, str, str]]:
        """It comes out of the process that reads the files as it went in."""
        return FileProblemError, self._said
