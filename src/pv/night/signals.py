"""What a home's officers decide of signals: by command, or in decisions/*.csv before a night."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pv import log
from pv.decisions import files, psur, signals, trail
from pv.decisions.signals import Before, Said
from pv.errors import UsageError
from pv.night import held, lock, person, writer
from pv.night.held import Held
from pv.settings import Home
from pv.warehouse.connect import OFFLINE
from pv.warehouse.transaction import transaction

KIND = "decisions"
# So many wrong lines of a file are named.
_MOST_LINES = 5


def decide(root: Path, said: Said) -> Said:
    """Record a decision on what the current snapshot shows; the next night respects it.

    Raises `UsageError` when it may not follow the one before, says too little, or the pair is not
    known.
    """
    home = Home(root.resolve())
    with (
        _snapshot(home) as snapshot,
        lock.hold(home, "signal decide"),
        writer.warehouse(home) as con,
    ):
        seen = signals.look_up(snapshot, said)
        signals.check(said, signals.last(con, seen), _today())
        with transaction(con):
            signals.append(con, said, seen, person.name())
        recorded = signals.named(said, seen)
        with log.to_file(home.logs):
            log.say(f"decided: {recorded}", by=person.name(), reason=said.reason)
    return recorded


def read_files(home: Home, con: duckdb.DuckDBPyConnection) -> list[Said]:
    """Add what decisions/*.csv say beyond what is recorded; returns what was added.

    A file with anything wrong adds nothing and is held, with the line. What was recorded stays,
    whatever becomes of the file.
    """
    found = sorted(home.decisions.glob("*.csv")) if home.decisions.is_dir() else []
    added: list[Said] = []
    wrong: list[Held] = []
    for file in found:
        try:
            added += _read_file(home, con, file)
        except (UsageError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            mend = f"correct {home.decisions / file.name}: the next night reads it again"
            wrong.append(Held(KIND, KIND, file.name, why or "cannot be read", mend))
    held.write(con, [KIND], wrong)
    return added


def _read_file(home: Home, con: duckdb.DuckDBPyConnection, file: Path) -> list[Said]:
    added: list[Said] = []
    found = files.read(file)
    if not found.lines and not found.wrong:
        return []
    wrong = dict(found.wrong)
    now: dict[tuple[str, str, str], Before] = {}
    with _snapshot(home) as snapshot, transaction(con):
        for line in found.lines:
            try:
                seen = signals.look_up(snapshot, line.said)
                said = signals.named(line.said, seen)
                if signals.is_recorded(con, said):
                    continue
                key = (seen.product, seen.event, seen.event_kind)
                signals.check(said, now.get(key) or signals.last(con, seen), _today())
            except UsageError as error:
                wrong[line.number] = str(error)
                continue
            now[key] = Before(said.signal_status, said.decided_on)
            signals.append(con, said, seen, person.name(), file.name)
            added.append(said)
        if wrong:
            raise UsageError(_named(wrong))
        if added:
            sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
            detail = f"{len(added)} decisions of SHA-256 {sha256}"
            trail.record(con, "decisions_read", file.name, detail, person.name())
    return added


def _named(wrong: Mapping[int, str]) -> str:
    """What is wrong, by line; of many lines the first."""
    said = [f"line {number}: {why}" for number, why in sorted(wrong.items())]
    more = len(said) - _MOST_LINES
    return "; ".join(said[:_MOST_LINES]) + (f"; {more} more" if more > 0 else "")


def listed(root: Path, everything: bool, product: str | None, due: bool) -> list[dict[str, Any]]:
    """Signals of the published snapshot with where they stand; without `everything` the open
    ones. `due`: those whose review is due today."""
    return _rows(
        root,
        """
        select t.*, s.verdict, s.rank
        from mart.signal_status t
        left join mart.signal s using (product, event, event_kind)
        where ($everything or not t.closed and (t.headline or t.rate_signal or
                t.signal_status <> 'detected'))
            and ($product::varchar is null or lower(t.product) = lower($product))
            and (not $due or t.next_review <= $today::date)
        order by s.rank nulls last, t.product, t.event, t.event_kind
        """,
        {"everything": everything, "product": product, "due": due, "today": _today()},
    )


def shown(root: Path, product: str, event: str) -> dict[str, Any]:
    """One signal: where it stands, its verdict with its reasons, what the authorisation of its
    product asks for, and what was decided."""
    found = _rows(
        root,
        """
        select s.product, s.event, s.event_kind, s.verdict, s.reasons, s.n, s.expected, s.headline,
            s.headline_event, t.* exclude (product, event, event_kind, headline, n)
        from mart.signal s
        left join mart.signal_status t using (product, event, event_kind)
        where lower(s.product) = lower($product) and lower(s.event) = lower($event)
        order by s.headline desc nulls last, s.event_kind
        """,
        {"product": product, "event": event},
    )
    decided = history(root, product, event)
    if not found and not decided:
        raise UsageError(f"no case has {product} with {event} (poolvigil signal list --all)")
    asked = _rows(
        root,
        "from mart.obligation where lower(product) = lower($product)",
        {"product": product},
    )
    return {"signals": found, "obligations": asked, "decisions": decided}


def history(root: Path, product: str | None, event: str | None) -> list[dict[str, Any]]:
    """Decisions in their order: those of the warehouse, also since the last night; while a night
    writes there, those of the snapshot."""
    home = Home(root.resolve())
    query = """
        select * exclude (previous_hash, row_hash, fatal_cases)
        from ops.decision
        where ($product::varchar is null or lower(product) = lower($product))
            and ($event::varchar is null or lower(event) = lower($event))
        order by decision_no
    """
    given = {"product": product, "event": event}
    try:
        with _opened(home.warehouse) as con:
            return _dicts(con, query, given)
    except duckdb.Error:
        return _rows(root, query, given)


def periodic(root: Path, product: str | None, first: date, last: date) -> list[dict[str, str]]:
    """The table of signals of a periodic report, from the published snapshot."""
    with _snapshot(Home(root.resolve())) as con:
        return psur.table(con, product, first, last)


def summary(said: Said) -> dict[str, Any]:
    """A decision for `--json`."""
    return asdict(said)


@contextmanager
def _snapshot(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    if not home.current.exists():
        raise UsageError(f"no snapshot is published in {home.root}: nothing can be decided on yet")
    with _opened(home.current) as con:
        yield con


@contextmanager
def _opened(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(database), read_only=True, config=OFFLINE)
    try:
        yield con
    finally:
        con.close()


def _rows(root: Path, query: str, given: dict[str, Any]) -> list[dict[str, Any]]:
    with _snapshot(Home(root.resolve())) as con:
        return _dicts(con, query, given)


def _dicts(con: duckdb.DuckDBPyConnection, query: str, given: dict[str, Any]) -> list[dict]:
    found = con.execute(query, given)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _today() -> date:
    return datetime.now(UTC).date()
