"""Files that lie anywhere into the inbox: recognised by content, copied safely, shown."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp

import duckdb

from pv import log
from pv.errors import FileProblemError, UsageError
from pv.night import acknowledge, trial
from pv.night.acknowledge import Answer
from pv.night.trial import Tried
from pv.settings import Home, Settings
from pv.sources import glimpse
from pv.sources.claims import claimed
from pv.sources.container import Item, items_of, unreadable
from pv.sources.ledger import STAGED
from pv.sources.limits import Limits
from pv.sources.model import Claim, Part, Source
from pv.sources.reader import Reader
from pv.sources.registry import SOURCES
from pv.sources.worker import Job

# Paths in a name of ours are the names of the sources' folders; what is not printable is replaced.
_REPLACED = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a delivery: what a run would make of it. `news` says what it is beside what the
    published snapshot knows: new, known, the same bytes as another file, or a re-issue."""

    name: str
    release: str
    label: str
    news: str
    tried: Tried


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one file: filed, present (the same bytes are there), recognised (a dry run),
    or refused. `told` says what it is, or why it is refused."""

    file: str
    status: str
    told: str
    source: str | None = None
    name: str | None = None
    tables: tuple[Table, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def lines(self) -> Iterator[str]:
        """One line for the file and one for each of its tables, to print."""
        where = f" in inbox/{self.source}/{self.name}" if self.source else ""
        yield _printable(f"{self.status}: {self.file}{where}: {self.told}")
        for table in self.tables:
            yield _printable(f"  {table.label} of {table.release}: {_said(table)}")
        for answer in self.answers:
            yield _printable(f"  {answer.told}")


def _said(table: Table) -> str:
    found = table.tried
    if found.problem:
        return found.problem
    rows = f"{found.rows_read:,} rows read = {found.rows_kept:,} kept + {len(found.set_aside):,} "
    return "; ".join((f"{rows}set aside, {table.news}", *found.notes))


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else _REPLACED for c in text)


def ingest(
    root: Path,
    files: Sequence[Path],
    *,
    dry_run: bool = False,
    again: bool = False,
    answers: Path | None = None,
) -> Iterator[Ingested]:
    """Recognise each file, file it, and show what a run would load of it.

    `answers` is the folder of the acknowledgements of E2B(R3) batches, if they are wanted.

    A file of the inbox is never changed: other bytes under its name are refused, unless `again`
    says that they are a new issue. It needs no lock: a copy gets its name when it is whole.

    Raises:
        UsageError: there is no home, or a setting is wrong.
    """
    home = Home(root.resolve())
    if not home.root.is_dir():
        raise UsageError(f"{root} is not a folder; make it")
    settings = Settings.of(home)
    limits = Limits(settings.reader_memory, settings.reader_seconds)
    known = _known(home)
    with (
        TemporaryDirectory(prefix="poolvigil-ingest-") as scratch,
        trial.database(Path(scratch), settings) as con,
        Reader(Path(scratch) / "reader", limits) as reader,
    ):
        for file in files:
            found = _one(home, file, reader, con, known, dry_run=dry_run, again=again)
            yield _answered(found, file, reader, con, answers) if answers else found


def _one(  # noqa: PLR0913 - what a run has at hand
    home: Home,
    file: Path,
    reader: Reader,
    con: duckdb.DuckDBPyConnection,
    known: dict[tuple[str, str], str],
    *,
    dry_run: bool,
    again: bool,
) -> Ingested:
    try:
        source, claim = _claimed(file, reader, con)
        target = home.inbox / source.key / claim.name
        items = list(items_of(file, claim.name))
        status = "recognised" if dry_run else "filed"
        if _there(items[0], target, again=again):
            status = "present"
        tables = tuple(_tables(source, items, reader, con, known))
        if status == "filed":
            _file(file, target, items[0].sha256)
            with log.to_file(home.logs):
                log.say(f"filed: {source.key}: {claim.name}", source=source.key, name=claim.name)
    except FileProblemError as problem:
        return Ingested(str(file), "refused", str(problem))
    return Ingested(str(file), status, claim.what, source.key, claim.name, tables)


def _answered(
    found: Ingested, file: Path, reader: Reader, con: duckdb.DuckDBPyConnection, folder: Path
) -> Ingested:
    """With the acknowledgement of each batch of E2B(R3)."""
    if found.source != "e2b_r3" or found.name is None:
        return found
    items = {item.name: item for item in items_of(file, found.name)}
    answers = (
        acknowledge.answer(con, reader, items[table.name], table.tried, folder)
        for table in found.tables
    )
    return replace(found, answers=tuple(answers))


def _claimed(file: Path, reader: Reader, con: duckdb.DuckDBPyConnection) -> tuple[Source, Claim]:
    seen = glimpse.take(file)
    if seen.kind == "workbook":
        # Only the process that reads files unpacks a sheet.
        (item,) = items_of(file, seen.name)
        with reader.read(con, Job(glimpse.read_header, item, {})) as reading:
            seen = replace(seen, header=reading.params["header"])
    return claimed(seen, SOURCES)


def _there(item: Item, target: Path, *, again: bool) -> bool:
    """Whether the inbox has these very bytes under the name.

    Raises:
        FileProblemError: it has other bytes there.
    """
    if not os.path.lexists(target):
        return False
    (there, *_) = items_of(target, target.name)
    if there.sha256 == item.sha256 and there.sha256:
        return True
    if not again:
        raise FileProblemError(
            "other_bytes",
            f"inbox/{target.parent.name}/{target.name} has other bytes",
            "a new issue: give --reissue, and the night says what changed; else rename the file",
        )
    return False


def _tables(
    source: Source,
    items: Sequence[Item],
    reader: Reader,
    con: duckdb.DuckDBPyConnection,
    known: dict[tuple[str, str], str],
) -> Iterator[Table]:
    for item in items:
        part = source.recognise(item.name)
        if isinstance(part, Part):
            found = trial.tried(con, reader, source.key, item, part)
            before = known.get((source.key, item.name))
            news = "new" if before is None else "known" if before == item.sha256 else "a re-issue"
            yield Table(item.name, part.release, part.label, news, found)


def _file(file: Path, target: Path, sha256: str | None) -> None:
    """Copy under a name that nights leave alone, then rename.

    Raises:
        FileProblemError: it cannot be read, or its bytes are not those that were looked at.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, hidden = mkstemp(prefix=".ingest-", dir=target.parent)
    copy = Path(hidden)
    copied = hashlib.sha256()
    try:
        with os.fdopen(descriptor, "wb") as out:
            for block in _blocks(file):
                copied.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if copied.hexdigest() != sha256:
            raise FileProblemError(
                "changed_while_reading", "the file was written to meanwhile", "give it once more"
            )
        copy.chmod(0o640)
        copy.replace(target)
    finally:
        copy.unlink(missing_ok=True)


def _blocks(file: Path) -> Iterator[bytes]:
    try:
        with file.open("rb") as stream:
            while block := stream.read(1 << 20):
                yield block
    except OSError as error:
        raise unreadable(error) from error


def _known(home: Home) -> dict[tuple[str, str], str]:
    """SHA-256 of every file that the published snapshot has in use, by source and name."""
    if not home.current.exists():
        return {}
    with duckdb.connect(str(home.current), read_only=True) as con:
        rows = con.execute(
            "select source, name, sha256 from ops.source_file where status in $staged",
            {"staged": list(STAGED)},
        ).fetchall()
    return {(source, name): sha256 for source, name, sha256 in rows}
