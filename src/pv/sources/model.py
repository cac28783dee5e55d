"""What a source of reports is, and what it makes of one file."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO, Literal

import duckdb


@dataclass(frozen=True, slots=True)
class Intake:
    """One file at the door: how to open it, where to work, and what its rows must carry.

    `params` hold source, file_id, name, release and the pads of the lot number's HMAC, for the
    $params of the staging SQL. `scratch` is an empty folder that goes away with the file.
    """

    con: duckdb.DuckDBPyConnection
    open: Callable[[], AbstractContextManager[BinaryIO]]
    scratch: Path
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file that has been read into a temporary raw table.

    `rows_read` is counted while reading, without the database. `stages` are the SQL files that
    put every row either into staging or into `ops.quarantine`, with its line; `params` are theirs.
    `latest_receipt` is the last day on which a report of this delivery can have been received: the
    end of its quarter, the day of the export. None: the delivery does not say, or has no reports.
    """

    rows_read: int
    stages: tuple[str, ...]
    params: dict[str, Any]
    notes: tuple[str, ...] = ()
    latest_receipt: date | None = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Part:
    """A file that a source knows: one table of one delivery.

    `label` is the agency's name for the table; the lines of `staging_table` are the file's rows.
    `read` raises `FileProblemError` when the file as a whole cannot be read. It runs outside any
    transaction: DuckDB reads a table on one core only in the transaction that made it.
    Of a source that is re-issued whole `series` is what each issue takes the place of: a year, a
    list; None: the source has one alone. `release` is then the day, if the name has it, `/` and
    where it lies. `pv.sources.issues` sets the day, `issued_on`, of each.
    """

    release: str
    label: str
    staging_table: str
    read: Callable[[Intake], Reading]
    series: str | None = None
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """A table that a delivery should have and has not."""

    name: str
    release: str
    label: str
    staging_table: str
    message: str


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What can be seen of a file that lies anywhere, before a source has said that it is its own.

    `name` is the file's name without folders. `heads` has the first bytes of the file under its
    name or, of a zip, those of its first members under theirs; `members` are the names of all.
    `header` is the first row of the first sheet of a workbook. pv.sources.glimpse has what sources
    ask of heads: the fields of a first line, the root of XML.
    """

    name: str
    kind: Literal["plain", "zip", "workbook"]
    heads: Mapping[str, bytes]
    members: tuple[str, ...] = ()
    header: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A source says that a file is its own: the name under which it belongs below its folder, by
    which `recognise` knows it, and what it is in a few words that hold nothing out of the file."""

    name: str
    what: str


def _nothing(parts: Sequence[Part]) -> list[Absent]:
    return []


def _no_claim(glimpse: Glimpse) -> Claim | None:
    return None


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of delivery, kept in the folder `inbox/<key>`.

    `recognise` judges a file by its name below that folder: a `Part` to load, "ignored" for
    papers that come along (readme, statistics), or None for what does not belong there.
    `absent` says what the deliveries made of these parts lack.
    `claim` judges a file by its content, wherever it lies: None where it is not of this source;
    it raises `FileProblemError` where it is, and cannot be filed as it is.
    `reissued`: each delivery is whole, so that a case which it no longer has is withdrawn
    (docs/sources.md). Its parts get the day of their issue.
    """

    key: str
    recognise: Callable[[str], Part | Literal["ignored"] | None]
    absent: Callable[[Sequence[Part]], list[Absent]] = field(default=_nothing)
    claim: Callable[[Glimpse], Claim | None] = field(default=_no_claim)
    reissued: bool = False
