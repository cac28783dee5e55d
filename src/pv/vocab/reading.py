"""Read a vocabulary table: the shipped file, then the home's file laid over it.

Every value is text, as written: `NA` is Namibia and stays `NA`. An empty cell is None.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.vocab.errors import VocabularyError
from pv.vocab.schema import TABLES, Table

SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Row:
    """One checked row with the file and line it came from."""

    values: Mapping[str, str | None]
    path: Path
    line: int

    def __getitem__(self, column: str) -> str | None:
        return self.values[column]

    def text(self, column: str) -> str:
        """The value of a required column. Raises KeyError where it is None: it was not checked."""
        value = self.values[column]
        if value is None:
            raise KeyError(column)
        return value

    def flag(self, column: str) -> bool:
        """The value of a true/false column."""
        return self.values[column] == "true"

    def names(self, column: str) -> tuple[str, ...]:
        """The `;`-separated names of a column, in the order written."""
        parts = (part.strip() for part in (self.values[column] or "").split(";"))
        return tuple(part for part in parts if part)

    def key(self, columns: tuple[str, ...]) -> tuple[str, ...]:
        """What identifies the row by these columns; upper and lower case are the same."""
        return tuple((self.values[column] or "").upper() for column in columns)

    def place(self) -> str:
        """File and line, for a message."""
        return f"{self.path.name}:{self.line}"


def tables(directory: Path | None = None) -> dict[str, tuple[Path, ...]]:
    """The CSV files of every vocabulary table: the shipped one and, when present, the home's.

    `directory` is the home's `vocab` folder; a home without one uses the shipped tables.
    Raises VocabularyError for a CSV file in it that is no vocabulary table, because a misspelt
    file name would otherwise be a correction that silently does nothing.
    """
    own = {path.stem: path for path in sorted(directory.glob("*.csv"))} if directory else {}
    if unknown := sorted(own.keys() - TABLES.keys()):
        raise VocabularyError(
            f"no vocabulary table of this name; the tables are {', '.join(TABLES)}",
            own[unknown[0]],
        )
    return {
        name: (SHIPPED / f"{name}.csv", own[name]) if name in own else (SHIPPED / f"{name}.csv",)
        for name in TABLES
    }


def read(table: Table, directory: Path | None = None) -> list[Row]:
    """The rows of a table, the home's rows in place of the shipped ones they override.

    Ordered by the table's key. Raises VocabularyError naming file and line.
    """
    rows: list[Row] = []
    for path in tables(directory)[table.name]:
        newer = _read_file(table, path)
        replaced = {row.key(table.override) for row in newer}
        rows = [row for row in rows if row.key(table.override) not in replaced] + newer
    return sorted(rows, key=lambda row: row.key(table.unique))


def _read_file(table: Table, path: Path) -> list[Row]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(f"cannot be read as UTF-8 text: {error}", path) from error
    rows = list(_parse(table, path, text))
    seen: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = row.key(table.unique)
        if key in seen:
            raise VocabularyError(
                f"{', '.join(table.unique)} {' / '.join(key)} is already given in line "
                f"{seen[key].line}",
                path,
                row.line,
            )
        seen[key] = row
    return rows


def _parse(table: Table, path: Path, text: str) -> Iterator[Row]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    expected = [column.name for column in table.columns]
    try:
        header = [name.strip() for name in next(reader, [])]
        lacking = {column.name for column in table.columns if column.newer} - set(header)
        if sorted([*header, *lacking]) != sorted(expected):
            missing = sorted(set(expected) - set(header))
            unknown = sorted(set(header) - set(expected))
            raise VocabularyError(
                f"columns must be {', '.join(expected)}; missing: {', '.join(missing) or 'none'}; "
                f"unknown or repeated: {', '.join(unknown) or 'none'}",
                path,
                1,
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise VocabularyError(
                    f"{len(cells)} cells where {len(header)} are expected", path, reader.line_num
                )
            values = dict.fromkeys(lacking) | {
                name: cell.strip() or None for name, cell in zip(header, cells, strict=True)
            }
            yield _checked(table, Row(values, path, reader.line_num))
    except csv.Error as error:
        raise VocabularyError(f"not well-formed CSV: {error}", path, reader.line_num) from error


def _checked(table: Table, row: Row) -> Row:
    for column in table.columns:
        value = row[column.name]
        if value is None and column.required:
            raise VocabularyError(f"{column.name} is empty", row.path, row.line)
        if value is not None and not column.check(value):
            raise VocabularyError(
                f"{column.name} is {value!r}, expected {column.expects}", row.path, row.line
            )
    return row
