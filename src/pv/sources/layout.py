"""Columns of a delimited table, found by the names in its header."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pv.errors import FileProblemError
from pv.sources.signs import Sign, by_column, check

DELIMITER = "$"
# Between the fields of a quoted table once it is read.
UNIT = "\x1f"
_OWN_LAYOUT = "ask the sender for the file in the agency's own layout"


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of a format.

    `required` columns must be there; `optional` ones are read when they are; `unread` ones are
    known and left alone. `aliases` are the names that other years gave to the same columns.
    A table without header has exactly its required columns. `signs` tell when the header lies.
    In a `quoted` table a field may stand in double quotes, and then hold the delimiter and, each
    doubled, quotes. `encoding` is that of files that are not UTF-8. A line is a row, unless the
    table says how its rows begin (a pattern): then their quoted fields may hold line ends.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    header: bool = True
    signs: tuple[Sign, ...] = ()
    delimiter: str = DELIMITER
    quoted: bool = False
    encoding: str = "latin-1"
    begins: str = ""

    def part(self, line: str) -> list[str]:
        """The fields of a line; none where its quotes are wrong."""
        if not self.quoted:
            return line.split(self.delimiter)
        try:
            return next(csv.reader([line], delimiter=self.delimiter, strict=True), [])
        except csv.Error:
            return []


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of one file are: positions count from 1, None when a column is lacking.

    `named` counts the columns of the header, `width` the fields of a good row: one more when the
    file ends its rows with a stray delimiter.
    """

    position: dict[str, int | None]
    named: int
    width: int
    notes: tuple[str, ...]

    def params(self) -> dict[str, Any]:
        """For the SQL that reads the lines."""
        return {"position": self.position, "width": self.width, "named": self.named}


def find_columns(layout: Layout, head: Sequence[str]) -> Columns:
    """The columns of a file that begins with the lines `head` (blank ones included).

    Raises:
        FileProblemError: the header is not this table's, has another delimiter, or lies; or the
            table has no header, and most rows have another number of fields.
    """
    if not layout.header:
        names, written, notes = list(layout.required), head, ()
    else:
        if layout.delimiter not in head[0]:
            raise FileProblemError(
                "wrong_delimiter",
                f"there is no '{layout.delimiter}' in the first line, expected the columns "
                f"{' '.join(layout.required)} parted by it",
                _OWN_LAYOUT,
            )
        names, notes = name_columns(layout, layout.part(head[0].removesuffix(layout.delimiter)))
        written = head[1:]
    position = {
        name: names.index(name) + 1 if name in names else None
        for name in (*layout.required, *layout.optional)
    }
    rows = [layout.part(line) for line in written if line.strip(f" {layout.delimiter}")]
    width = len(names) + ends_with_stray(rows, len(names))
    fitting = [row[: len(names)] for row in rows if len(row) == width]
    if not layout.header and 2 * len(fitting) < max(len(rows), 1):
        raise FileProblemError(
            "wrong_fields",
            f"{len(fitting)} of the first {len(rows)} rows have the {len(names)} fields that the "
            f"table has, parted by '{layout.delimiter}'",
            _OWN_LAYOUT,
        )
    check(layout.signs, by_column(names, fitting))
    return Columns(position, len(names), width, notes)


def ends_with_stray(rows: Sequence[Sequence[str]], named: int) -> bool:
    """Whether the rows end with a delimiter that parts nothing, as all AERS files do.

    Decided for the file as a whole (most of its first rows), because in a single row a field too
    many may as well be a `$` inside a value: such a row must not be read shifted by one.
    """
    stray = sum(len(row) == named + 1 and not row[-1] for row in rows)
    plain = sum(len(row) == named for row in rows)
    return stray > plain


def folded(layout: Layout, written: Sequence[str]) -> list[str]:
    """Names of columns in lower case, by what the layout calls them."""
    # In front of a quoted name a byte order mark may stand inside the quotes.
    names = [" ".join(name.removeprefix("\ufeff").lower().split()) for name in written]
    return [layout.aliases.get(name, name) for name in names]


def name_columns(layout: Layout, written: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The columns of a header by the names that the SQL uses, and what there is to say of them.

    Raises:
        FileProblemError: a required column is not there, or a column is there twice.
    """
    names = folded(layout, written)
    if lacking := [name for name in layout.required if name not in names]:
        raise FileProblemError(
            "missing_columns",
            f"no {', '.join(lacking)} among the {len(written)} columns of the first line",
            "check that the file is the table its name says, and that its first line is the header",
        )
    known = {*layout.required, *layout.optional, *layout.unread}
    # A column without a name is not read, so that many of them do no harm.
    if twice := [i for i, name in enumerate(names) if name and name in names[:i]]:
        name = names[twice[0]]
        raise FileProblemError(
            "column_twice",
            f"columns {names.index(name) + 1} and {twice[0] + 1} are both "
            f"{name if name in known else 'of one name'}",
            "keep the right one and deliver the file again",
        )
    notes: list[str] = []
    if unknown := [str(i) for i, name in enumerate(names, 1) if name not in known]:
        notes.append(f"unknown columns not read: {', '.join(unknown)} of {len(names)}")
    if without := [name for name in layout.optional if name not in names]:
        notes.append(f"columns not in this file: {', '.join(without)}")
    return names, tuple(notes)
