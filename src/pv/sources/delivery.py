"""Deliveries of several tables: which one a file is, what is lacking, and when it was issued."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from pv.errors import FileProblemError
from pv.sources import delimited
from pv.sources.glimpse import first_line, with_suffix
from pv.sources.layout import Layout, folded
from pv.sources.model import Absent, Claim, Glimpse, Part

# 20260105, 2026-01-05, 2026_01_05, and the same without the day; no part of a longer number.
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2([0-2]\d|3[01])(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a delivery: where its rows go, by which SQL files, and what the night lacks
    without it (None: a delivery may have none)."""

    label: str
    staging_table: str
    layout: Layout
    stages: tuple[str, ...]
    without: str | None = None

    def part(self, name: str, params: dict[str, Any] | None = None) -> Part:
        """The file of this name as this table, of the delivery that its place says."""
        path = PurePosixPath(name)
        issued = issue_day(path)
        read = partial(
            delimited.read,
            layout=self.layout,
            stages=self.stages,
            params=params or {},
            latest_receipt=issued,
        )
        release = f"{issued or ''}/{container(path)}"
        return Part(release, self.label, self.staging_table, read)


def lacking(tables: Sequence[Table], parts: Sequence[Part]) -> list[Absent]:
    """For each delivery that came with some of the tables, those that it should have too."""
    labels: dict[str, set[str]] = {}
    for part in parts:
        labels.setdefault(part.release, set()).add(part.label)
    return [
        Absent(
            f"{release.partition('/')[2]}/{table.label}".lstrip("/"),
            release,
            table.label,
            table.staging_table,
            f"missing_table: the delivery {release.strip('/') or 'without a date'} has no "
            f"{table.label}, so {table.without}; fetch the delivery again, or add the file to it",
        )
        for release, found in sorted(labels.items())
        for table in tables
        if table.without and table.label not in found
    ]


def claim(
    glimpse: Glimpse, tables: Iterable[Table], recognise: Callable[[str], object], what: str
) -> Claim | None:
    """A delivery of tables with headers, as zip or as single files, by their columns.

    A single file is given a name that says which table it is.

    Raises:
        FileProblemError: a member of a zip has the name of another table than it holds.
    """
    if glimpse.kind == "workbook":
        return None
    is_zip = glimpse.kind == "zip"
    name = with_suffix(glimpse.name, ".zip" if is_zip else ".csv")
    known = tuple(tables)
    labels: list[str] = []
    for file, head in glimpse.heads.items():
        fitting = [table.label for table in known if _is_of(table, head)]
        if not fitting:
            continue
        part = recognise(f"{name}/{file}" if is_zip else name)
        if isinstance(part, Part) and part.label in fitting:
            labels.append(part.label)
        elif is_zip:
            raise FileProblemError(
                "another_table",
                f"{PurePosixPath(file).name} holds {fitting[0]}, and its name does not say so",
                "give the members of the zip the agency's own names",
            )
        else:
            name = f"{fitting[0].lower()}-{name}"
            labels.append(fitting[0])
    return Claim(name, f"{what}: {' '.join(sorted(labels))}") if labels else None


def _is_of(table: Table, head: bytes) -> bool:
    layout = table.layout
    encodings = ("utf-8", layout.encoding)
    names = [folded(layout, layout.part(first_line(head, each))) for each in encodings]
    return layout.header and any(set(found) >= set(layout.required) for found in names)


def container(path: PurePosixPath) -> str:
    """The zip that a file is in, else its folder; '' for the folder of the source."""
    zips = [parent for parent in path.parents if parent.suffix.lower() == ".zip"]
    holder = zips[-1] if zips else path.parent
    return "" if holder == PurePosixPath() else holder.as_posix()


def issue_day(path: PurePosixPath) -> date | None:
    """The day on which a file was issued, as the innermost name says that has a date in it.

    A name with a month and no day stands for the last day of the month: by then it was known.
    """
    for name in reversed(path.parts):
        for found in _DAY.finditer(name):
            year, _, month, day = found.groups()
            if 1 <= int(day) <= _last(year, month).day:
                return date(int(year), int(month), int(day))
        if found := _MONTH.search(name):
            return _last(*found.groups())
    return None


def undated(name: str) -> str:
    """The name of a file or folder without the day or month in it; '' where it has nothing else.

    >>> undated("covid_2022-06-19.zip"), undated("20220619"), undated("2022-06-19.zip")
    ('covid.zip', '', '')
    """
    suffix = PurePosixPath(name).suffix
    kept = _MONTH.sub("", _DAY.sub("", name.removesuffix(suffix))).strip(" -_.()")
    return f"{kept}{suffix}" if kept else ""


def _last(year: str, month: str) -> date:
    return date(int(year), int(month), monthrange(int(year), int(month))[1])
