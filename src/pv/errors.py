"""One exception tree: what a user can mend, said in one line without a traceback."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

# Exit code of a night that went on while something is held for a person: no failure.
HELD = 6
# Exit code of a check that found something damaged.
DAMAGED = 7
# Exit code of a look at the nights that found something for a person.
NOT_WELL = 8

# What is said of one thing, in a table, a log or on a page: text from files makes it no longer.
MESSAGE_LENGTH = 300


def shortened(text: str, length: int = MESSAGE_LENGTH) -> str:
    """The text, cut to a length with a mark of the cut."""
    return text if len(text) <= length else f"{text[: length - 3]}..."


def meant(name: str, known: Iterable[str]) -> str:
    """A guess at what a misspelt name was to be, to be put behind what is said of it."""
    near = get_close_matches(name, sorted(known), n=2, cutoff=0.75)
    return f"; did you mean {' or '.join(near)}?" if near else ""


def every(problems: Iterable[Mapping[str, Any]], known: Iterable[str], whole: str = "") -> str:
    """All that pydantic found wrong, in one line; of an unknown name what was meant. `whole` is the
    name of what is wrong as a whole."""
    names = [*known]
    said = []
    for each in problems:
        where = ".".join(str(place) for place in each["loc"]) or whole
        if each["type"] == "extra_forbidden":
            said.append(f"{where}: there is no such name{meant(where, names)}")
        else:
            said.append(f"{where}: {each['msg']}")
    return "; ".join(said)


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
