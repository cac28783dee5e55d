"""Columns of a delimited table, found by the names in its header."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pv.errors import FileProblemError

DELIMITER = "$"
_SHOWN = 160


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of a format.

    `required` columns must be there; `optional` ones are read when they are; `unread` ones are
    known and left alone. `aliases` are the names that other years gave to the same columns.
    A table without header has exactly its required columns.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    header: bool = True


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
        FileProblemError: the header is not this table's, or has another delimiter.
    """
    if not layout.header:
        names, rows, notes = list(layout.required), head, ()
    else:
        if DELIMITER not in head[0]:
            raise FileProblemError(
                "wrong_delimiter",
                f"the first line is '{head[0][:_SHOWN]}', expected the columns "
                f"{' '.join(layout.required)} parted by '{DELIMITER}'",
                "ask the sender for the file in the agency's own layout",
            )
        names, notes = name_columns(layout, head[0].removesuffix(DELIMITER).split(DELIMITER))
        rows = head[1:]
    position = {
        name: names.index(name) + 1 if name in names else None
        for name in (*layout.required, *layout.optional)
    }
    return Columns(position, len(names), len(names) + ends_with_stray(rows, len(names)), notes)


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
        FileProblemError: a required column is not there.
    """
    folded = [" ".join(name.lower().split()) for name in written]
    names = [layout.aliases.get(name, name) for name in folded]
    if lacking := [name for name in layout.required if name not in names]:
        raise FileProblemError(
            "missing_columns",
            f"no {', '.join(lacking)}; the header is '{' '.join(written)[:_SHOWN]}', expected the "
            f"columns {' '.join(layout.required)}",
            "check that the file is the table its name says, and that its first line is there",
        )
    notes: list[str] = []
    known = {*layout.required, *layout.optional, *layout.unread}
    if unknown := [name for name in names if name not in known]:
        notes.append(f"unknown columns not read: {', '.join(unknown)}")
    if without := [name for name in layout.optional if name not in names]:
        notes.append(f"columns not in this file: {', '.join(without)}")
    return names, tuple(notes)
