"""Signs that the header of a table lies: values that do not go with the name of their column.

A sign looks at the first rows of a file as text and answers with counts and names of columns, never
with a value. It speaks when most rows contradict the header: single odd values are for the gate,
which sets rows aside.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pv.errors import FileProblemError

# Fewer rows than these say little about a column.
ENOUGH = 10

# More of a value is not looked at.
LOOKED_AT = 1000

# Names of columns with the values of the same rows, without blanks at their ends.
Columns = Mapping[str, Sequence[str]]
Row = tuple[str, ...]

_DIGITS = re.compile(r"((?:19|20)\d\d(?:\d\d(?:\d\d)?)?)(?:\.0)?")
_WORDS = re.compile(r"(?:(?:(\d{1,2})-)?([A-Za-z]{3})-)?((?:19|20)\d\d)")
_MONTHS = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """Something to look for in the rows of some columns.

    `seen` gets a tuple of one value a column for each row, and says what contradicts the header.
    A file without one of the columns is not looked at. Signs go into the process that reads files:
    `seen` is a function of a module, with its first arguments.
    """

    columns: tuple[str, ...]
    seen: Callable[[Sequence[Row]], str | None]


def check(signs: Iterable[Sign], columns: Columns) -> None:
    """Look for the signs.

    Raises:
        FileProblemError: at least one is there.
    """
    seen = [
        said
        for sign in signs
        if columns.keys() >= set(sign.columns)
        and (said := sign.seen(list(zip(*map(columns.get, sign.columns), strict=True))))
    ]
    if seen:
        raise FileProblemError(
            "suspect_columns",
            "; ".join(seen),
            "are columns swapped? check the header and deliver the file again",
        )


def by_column(names: Sequence[str], rows: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Rows of as many cells as there are names, as columns without blanks at the ends."""
    cells: list[list[str]] = [[] for _ in names]
    for row in rows:
        for column, value in zip(cells, row, strict=True):
            column.append(value[:LOOKED_AT].strip())
    return dict(zip(names, cells, strict=True))


def forms(names: str, looks: str, pattern: str) -> tuple[Sign, ...]:
    """Most written values of each column look as said; the pattern fits them in any case."""
    return tuple(form(name, looks, pattern) for name in names.split())


def form(column: str, looks: str, pattern: str) -> Sign:
    """The same of one column, whose name may have blanks."""
    return Sign((column,), partial(_form, column, looks, re.compile(pattern, re.IGNORECASE)))


def _form(column: str, looks: str, pattern: re.Pattern[str], rows: Sequence[Row]) -> str | None:
    written = [value for (value,) in rows if value]
    good = sum(pattern.fullmatch(value) is not None for value in written)
    if not _contradicted(good, written):
        return None
    return f"{good} of {len(written)} values of {column} look like {looks}"


def filled(names: str) -> tuple[Sign, ...]:
    """Each column is written in most rows."""
    return tuple(Sign((name,), partial(_filled, name)) for name in names.split())


def _filled(column: str, rows: Sequence[Row]) -> str | None:
    written = sum(bool(value) for (value,) in rows)
    if not _contradicted(written, rows):
        return None
    return f"{column} is written in {written} of {len(rows)} rows"


def begins(longer: str, shorter: str, beside: str) -> Sign:
    """A number begins with another and has more digits, in a table that has the column `beside`."""
    return Sign((longer, shorter, beside), partial(_begins, longer, shorter))


def _begins(longer: str, shorter: str, rows: Sequence[Row]) -> str | None:
    both = [(a, b) for a, b, _ in rows if a and b]
    good = sum(a.startswith(b) and len(a) > len(b) for a, b in both)
    if not _contradicted(good, both):
        return None
    return f"{longer} begins with {shorter} in {good} of {len(both)} rows"


def together(one: str, other: str) -> Sign:
    """Two columns are written in the same rows."""
    return Sign((one, other), partial(_together, one, other))


def _together(one: str, other: str, rows: Sequence[Row]) -> str | None:
    either = [row for row in rows if any(row)]
    both = sum(map(all, either))
    if not _contradicted(both, either):
        return None
    return f"{one} and {other} are both written in {both} of {len(either)} rows"


def same(one: str, other: str, where: str, value: str) -> Sign:
    """Two dates are the same in the rows in which a third column has a value."""
    return Sign((one, other, where), partial(_same, one, other, where, value))


def _same(one: str, other: str, where: str, value: str, rows: Sequence[Row]) -> str | None:
    both = [(a, b) for a, b, mark in rows if a and b and mark == value]
    good = sum(a == b for a, b in both)
    if not _contradicted(good, both):
        return None
    return f"{one} is {other} in {good} of {len(both)} rows with {where} {value}"


def before(earlier: str, later: str) -> Sign:
    """Of two dates in a row the one is not after the other, in more rows than it is."""
    return Sign((earlier, later), partial(_before, earlier, later))


def _before(earlier: str, later: str, rows: Sequence[Row]) -> str | None:
    orders = [_order(*row) for row in rows]
    right, reverse = orders.count(-1), orders.count(1)
    if reverse < ENOUGH or reverse <= right:
        return None
    return f"{earlier} is after {later} in {reverse} rows and before it in {right}"


def fuller(often: str, seldom: str) -> Sign:
    """A column is not written clearly less often (in a twentieth of the rows) than another."""
    return Sign((often, seldom), partial(_fuller, often, seldom))


def _fuller(often: str, seldom: str, rows: Sequence[Row]) -> str | None:
    first, second = (sum(bool(row[place]) for row in rows) for place in (0, 1))
    if second - first < max(ENOUGH, len(rows) / 20):
        return None
    return f"{seldom} is written in {second} rows and {often} in {first}"


def marked(column: str, other: str, mark: str, pattern: str) -> Sign:
    """A mark is in a column and not in the other more often than the other way round."""
    found = re.compile(pattern, re.IGNORECASE)
    return Sign((column, other), partial(_marked, column, other, mark, found))


def _marked(
    column: str, other: str, mark: str, pattern: re.Pattern[str], rows: Sequence[Row]
) -> str | None:
    def has(value: str) -> bool:
        return pattern.search(value) is not None

    marks = [(has(a), has(b)) for a, b in rows if a and b]
    right, reverse = marks.count((True, False)), marks.count((False, True))
    if reverse < ENOUGH or reverse <= right:
        return None
    return f"{mark} in {reverse} rows of {other} alone and {right} of {column} alone"


def _contradicted(good: int, rows: Sequence[object]) -> bool:
    """Fewer than half of enough rows are as the header says."""
    return len(rows) >= ENOUGH and 2 * good < len(rows)


def _order(one: str, other: str) -> int | None:
    """-1, 0 or 1 as far as both dates are written; None where one is no date."""
    first, second = _day(one), _day(other)
    if not first or not second:
        return None
    length = min(len(first), len(second))
    a, b = first[:length], second[:length]
    return (a > b) - (a < b)


def _day(text: str) -> str | None:
    """20180422 (or 201804, 2018) of a date of FAERS or of its dashboard (22-APR-2018)."""
    if found := _DIGITS.fullmatch(text):
        return found[1]
    found = _WORDS.fullmatch(text)
    if not found or (found[2] and found[2].upper() not in _MONTHS):
        return None
    month = f"{_MONTHS.index(found[2].upper()) + 1:02}" if found[2] else ""
    return f"{found[3]}{month}{found[1].zfill(2) if found[1] else ''}"
