"""Columns of a delimited table, found by the names in its header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pv.errors import FileProblemError
from pv.sources.signs import Sign, by_column, check

DELIMITER = "$"


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of a format.

    `required` columns must be there; `optional` ones are read when they are; `unread` ones are
    known and left alone. `aliases` are the names that other years gave to the same columns.
    A table without header has exactly its required columns. `signs` tell when the header lies.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    header: bool = True
    signs: tuple[Sign, ...] = ()


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
        FileProblemError: the header is not this table's, has another delimiter, or lies.
    """
    if not layout.header:
        names, rows, notes = list(layout.required), head, ()
    else:
        if DELIMITER not in head[0]:
            raise FileProblemError(
                "wrong_delimiter",
                f"there is no '{DELIMITER}' in the first line, expected the columns "
                f"{' '.join(layout.required)} parted by it",
                "ask the sender for the file in the agency's own layout",
            )
        names, notes = name_columns(layout, head[0].removesuffix(DELIMITER).split(DELIMITER))
        rows = head[1:]
    position = {
        name: names.index(name) + 1 if name in names else None
        for name in (*layout.required, *layout.optional)
    }
    width = len(names) + ends_with_stray(rows, len(names))
    parted = (row.split(DELIMITER) for row in rows)
    check(
        layout.signs, by_column(names, (row[: len(names)] for row in parted if len(row) == width))
    )
    return Columns(position, len(names), width, notes)


def ends_with_stray(rows: Sequence[str], named: int) -> bool:
    """Whether the rows end with a delimiter that parts nothing, as all AERS files do.

    Decided for the file as a whole (most of its first rows), because in a single row a field too
    many may as well be a `$` inside a value: such a row must not be read shifted by one.
    """
    rows = [row for row in rows if row.strip() != DELIMITER]
    stray = sum(row.count(DELIMITER) == named and row.endswith(DELIMITER) for row in rows)
    plain = sum(row.count(DELIMITER) == named - 1 for row in rows)
    return stray > plain


def name_columns(layout: Layout, written: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """The columns of a header by the names that the SQL uses, and what there is to say of them.

    Raises:
        FileProblemError: a required column is not there, or a column is there twice.
    """
    folded = [" ".join(name.lower().split()) for name in written]
    names = [layout.aliases.get(name, name) for name in folded]
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
