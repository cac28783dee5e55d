"""Whether a home is whole: snapshot, report, warehouse, alpha ledger, lot key; what is held.

It changes nothing and holds nothing that a night needs: while one runs, the warehouse is left
alone, and one that begins takes it at once.
"""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from pv.errors import UsageError, shortened
from pv.faults import MEND_WAREHOUSE, first_line
from pv.night import held, lock, lot_key, shown
from pv.settings import Home, Settings
from pv.warehouse import manifest, relations
from pv.warehouse.connect import OFFLINE, opened_by
from pv.warehouse.migrate import pending

_LOOK_SECONDS = 0.2
_NOTHING = "nothing is published yet"
_AGAIN = "check again when it has ended"
_ANEW = "start a night: it is made anew"
# What holds the rows of the warehouse together: of what, the audit, and what is so if it is right.
_AUDITS = (
    ("rows", "rows_add_up", "rows read = kept + quarantined, of every file"),
    ("alpha ledger", "alpha_is_kept", "it spends no more than it says"),
)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one thing: `state` is ok, wrong, held or unchecked."""

    thing: str
    state: str
    told: str
    mend: str = ""

    def __str__(self) -> str:
        line = f"{self.state}: {self.thing}: {self.told}{self.mend and f'; {self.mend}'}"
        return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)


class _InUseError(Exception):
    """The warehouse is another's for now; says whose."""


def check(root: Path) -> list[Found]:
    """Look at everything of a home, in the order in which a person should mend it.

    Raises `UsageError` where no night has run, and for a wrong setting.
    """
    home = Home(root.resolve())
    if not home.work.is_dir() and not home.published.is_dir():
        raise UsageError(f"no night has run in {root}: there is nothing to check")
    if home.work.is_dir() and not os.access(home.work, os.R_OK | os.X_OK):
        raise UsageError(f"{home.work} is closed to you: check as the user of the night")
    who = lock.holder(home)
    night = Found("night", "ok", f"{who} is at work" if who else "none runs")
    return [night, *_warehouse(home, Settings.of(home)), _snapshot(home), _report(home)]


def _snapshot(home: Home) -> Found:
    link = home.published / manifest.CURRENT
    if not os.path.lexists(link):
        if (home.reports / shown.LATEST).exists():
            return Found("snapshot", "wrong", f"{link} is not there", _ANEW)
        return Found("snapshot", "ok", _NOTHING)
    wrong = manifest.problems_of_current(home.published)
    if wrong:
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        return Found("snapshot", "wrong", f"{link}: {', '.join(wrong[:3])}{more}", _ANEW)
    return Found("snapshot", "ok", f"{link.resolve().name}: every file is as published")


def _report(home: Home) -> Found:
    page = home.reports / shown.LATEST
    # Twice: a night may have swapped a snapshot in, and shows its pages a moment later.
    for _ in range(2):
        current = manifest.folder_of_current(home.published)
        if current is None or manifest.read(current) is None:
            state = "unchecked" if page.exists() else "ok"
            return Found("report", state, "there is no snapshot to compare it with")
        wrong = shown.problems_of_all(home, current)
        if not wrong:
            return Found("report", "ok", f"{page} is the page of the current snapshot")
        if who := lock.holder(home):
            return Found("report", "unchecked", f"{who} is at work", _AGAIN)
    more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
    return Found("report", "wrong", f"{wrong[0]}{more}", "start a night: it is shown again")


def _warehouse(home: Home, settings: Settings) -> list[Found]:
    """Of the warehouse, what is in it, and the key that its lots were made with."""
    said = manifest.read(home.published / manifest.CURRENT)
    if not home.warehouse.exists():
        if said is None:
            return [Found("warehouse", "ok", "there is none yet")]
        mend = "start a night: it begins with what the current snapshot kept"
        found = Found("warehouse", "wrong", f"{home.warehouse} is not there", mend)
    else:
        try:
            with _opened(home, settings) as con:
                return [*_content(con, home), *_held(held.read(con))]
        except _InUseError as error:
            found = Found("warehouse", "unchecked", str(error), _AGAIN)
        except duckdb.OutOfMemoryException:
            told = "it needs more than memory_limit, or than the folder for temporary files holds"
            found = Found("warehouse", "unchecked", told, "raise memory_limit and check again")
        except UsageError as error:
            found = Found("warehouse", "wrong", str(error))
        except (duckdb.Error, OSError) as error:
            told = f"{home.warehouse}: {first_line(error)}"
            found = Found("warehouse", "wrong", told, MEND_WAREHOUSE)
    last = said.summary.get("held", []) if said else []
    return [found, *_held([held.Held(**each) for each in last])]


def _content(con: duckdb.DuckDBPyConnection, home: Home) -> Iterator[Found]:
    """Every block is read, whose checksums tell damage; then what the tables say is compared."""
    tables = con.execute(
        "select schema_name, table_name from duckdb_tables() "
        "where database_name = current_database() and not internal order by all"
    ).fetchall()
    for schema, name in tables:
        con.execute(f'select bit_xor(hash(t)) from {schema}."{name}" as t').fetchall()
    due = pending(con)
    if due:
        told = f"{home.warehouse} is of an earlier version: {due} migrations are due"
        yield Found("warehouse", "unchecked", told, "the next night does them")
        return
    yield Found("warehouse", "ok", f"{len(tables)} tables are there and can be read")
    for thing, audit, right in _AUDITS:
        wrong = relations.rows(con, f"audit/{audit}")
        first = ", ".join(map(str, wrong[0])) if wrong else ""
        told = shortened(f"audit {audit} found {len(wrong)} rows, the first: {first}")
        yield Found(thing, "wrong", told, MEND_WAREHOUSE) if wrong else Found(thing, "ok", right)
    yield _looks(con, home)
    key = lot_key.problem(con, home)
    yield (
        Found("lot key", "wrong", key, "put the key of before back; or `poolvigil new-lot-key`")
        if key
        else Found("lot key", "ok", "it is that of the nights before")
    )


def _looks(con: duckdb.DuckDBPyConnection, home: Home) -> Found:
    """A warehouse that knows fewer looks than were published would spend their alpha again."""
    name, folder = "parquet/ops.sequential_look.parquet", home.published / manifest.CURRENT
    said = manifest.read(folder)
    if said is None or manifest.problem(folder / name, said.files.get(name)):
        return Found("looks", "unchecked", "there is no snapshot to compare them with")
    query = "select (select count(*) from read_parquet($file)), count(*) from ops.sequential_look"
    published, known = con.execute(query, {"file": str(folder / name)}).fetchone() or (0, 0)
    if published > known:
        told = f"{home.warehouse} knows {known} looks, and {published} are published: it is older"
        return Found("looks", "wrong", told, MEND_WAREHOUSE)
    return Found("looks", "ok", f"{known} are known, {published} are published")


def _held(waiting: Sequence[held.Held]) -> Iterator[Found]:
    for each in waiting:
        yield Found(f"{each.source}: {each.name}", "held", each.reason, each.mend)
    if not waiting:
        yield Found("held", "ok", "nothing is")


@contextmanager
def _opened(home: Home, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read-only, until a night begins: then what is being read is given up.

    Raises `_InUseError` then, and when it is in use already.
    """
    if who := lock.holder(home):
        raise _InUseError(f"{who} is at work")
    with TemporaryDirectory(prefix="poolvigil-") as spill:
        config: dict[str, Any] = {
            **OFFLINE, "memory_limit": f"{settings.share}B",
            "threads": str(settings.threads), "temp_directory": spill,
        }  # fmt: skip
        try:
            con = duckdb.connect(str(home.warehouse), read_only=True, config=config)
        except duckdb.IOException as error:
            who = opened_by(error)
            if who is None:
                raise
            raise _InUseError(f"{home.warehouse} is open in {who}") from error
        ended = threading.Event()
        watch = threading.Thread(target=_give_way, args=(con, home, ended))
        watch.start()
        try:
            yield con
        except duckdb.InterruptException as error:
            raise _InUseError(f"{lock.holder(home) or 'a night'} began") from error
        finally:
            ended.set()
            watch.join()
            con.close()


def _give_way(con: duckdb.DuckDBPyConnection, home: Home, ended: threading.Event) -> None:
    while not ended.wait(_LOOK_SECONDS):
        if lock.holder(home):
            con.interrupt()
