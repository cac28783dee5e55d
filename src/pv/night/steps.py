"""The steps of a night, each a plain function on a home; `flows/nightly.py` puts them in order.

Every step is one transaction (or one rename), so that a kill anywhere leaves a state from which
the same steps go on. What a step depends on is its fingerprint: a step whose fingerprint has not
changed since it was last done is not done again.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pv import __version__, log
from pv.errors import UsageError
from pv.night.fingerprints import hash_of, name_states, versions
from pv.settings import Home, Settings
from pv.spec import AnalysisSpec


@contextmanager
def warehouse(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The writer's connection, closed at the end. A lost warehouse begins with what was kept."""
    from pv.warehouse.connect import connect
    from pv.warehouse.kept import restore

    settings = Settings.of(home)
    if restore(home.warehouse, home.published / "current"):
        log.say("the warehouse is lost: ledger, history and case_ids are those of the snapshot")
    con = connect(home.warehouse, memory_limit=settings.memory_limit, threads=settings.threads)
    try:
        yield con
    finally:
        con.close()


def load(home: Home) -> dict[str, Any]:
    """Stage every new file of the inbox."""
    from dataclasses import asdict

    from pv import sources

    scratch = home.work / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    with warehouse(home) as con:
        key = home.lot_key(Settings.of(home))
        return asdict(sources.load_inbox(con, home.inbox, scratch, key, log.say))


def check(home: Home) -> dict[str, Any]:
    """Put the new rows through the gate; raises `GateError` when the night must stop."""
    from dataclasses import asdict

    from pv import quality
    from pv.cases.coding import exposed_products

    tonight = datetime.now(UTC).date()
    with warehouse(home) as con:
        products = exposed_products(con, home.vocab)
        known = {name: found for name, found in products.items() if found}
        return asdict(quality.gate(con, home.work, tonight, log.say, known))


def plan(home: Home, spec: AnalysisSpec, as_of: date | None) -> dict[str, Any]:
    """What this night computes: its date and the fingerprints of everything it depends on.

    The date is the data lock point: as asked for, else the latest receipt date in the data.
    `state_id` names the state of that date (rule, settings, files, code): cases, signals and the
    rows of mart.signal_history depend on nothing else. A snapshot also holds the states that were
    computed before, so its `fingerprint` has their names too.
    """
    from pv.pairs import history

    with warehouse(home) as con:
        lock_point = as_of or latest_receipt(con, home)
        state_id = name_states(con, home, spec, [lock_point])[lock_point]
        named = sorted({state_id, *history.states(con)})
    fingerprint = hash_of([state_id, named])
    return {
        "as_of": lock_point,
        "state_id": state_id,
        "fingerprint": fingerprint,
        "run_id": f"{lock_point.isoformat()}-{fingerprint[:12]}",
    }


def latest_receipt(con: duckdb.DuckDBPyConnection, home: Home) -> date:
    """The latest receipt date in the data; raises `UsageError` when there is no report."""
    (latest,) = con.execute("select max(receipt_date) from staging.report").fetchone() or (None,)
    if latest is None:
        raise UsageError(
            f"no readable report yet: put files under {home.inbox}/<source>/ "
            "(docs/sources.md names the sources)"
        )
    return latest


def is_published(home: Home, fingerprint: str) -> bool:
    """Whether the current snapshot already is what this night would compute."""
    if not home.current.exists():
        return False
    with duckdb.connect(str(home.current), read_only=True) as con:
        found = con.execute("select fingerprint from ops.run").fetchone()
    return found == (fingerprint,)


def build_cases(home: Home, state_id: str, as_of: date) -> dict[str, Any]:
    """Rebuild core as of the date, unless it is what it would become."""
    from pv import cases

    with warehouse(home) as con:
        if _is_done(con, "cases", state_id):
            return {}
        _forget(con, "cases", "signals")
        counted = cases.build(con, as_of, home.vocab)
        _mark_done(con, "cases", state_id)
        return counted


def judge(home: Home, state_id: str, as_of: date, spec: AnalysisSpec) -> dict[str, Any]:
    """Rebuild mart, unless it is what it would become."""
    from pv.night.judge import judge as judge_pairs

    with warehouse(home) as con:
        if _is_done(con, "signals", state_id):
            return {}
        _forget(con, "signals")
        verdicts = judge_pairs(con, spec, as_of, state_id)
        _mark_done(con, "signals", state_id)
        return verdicts


def plan_replay(
    home: Home, spec: AnalysisSpec, months: tuple[date, date], every: int
) -> dict[date, str]:
    """The looks from one month to another, both given by a day in them, each with its state_id.

    A look is the end of every `every`th month counted back from the last one. No look lies before
    the first receipt or after the latest: the month of the latest ends with it. Raises `UsageError`
    when no look is left.
    """
    with warehouse(home) as con:
        latest = latest_receipt(con, home)
        found = con.execute(
            """
            select distinct least(last_day(m::date), $latest::date)
            from (select unnest(generate_series(
                date_trunc('month', $last::date), date_trunc('month', $first::date),
                -to_months($every)
            )) as m)
            where last_day(m::date) >= (select min(receipt_date) from staging.report)
                and m <= $latest::date
            order by all
            """,
            {"first": months[0], "last": months[1], "every": every, "latest": latest},
        ).fetchall()
        if not found:
            raise UsageError(
                f"no report was received from {months[0]:%Y-%m} to {months[1]:%Y-%m}; "
                f"the latest is of {latest}"
            )
        return name_states(con, home, spec, [day for (day,) in found])


def replay(home: Home, named: dict[date, str], spec: AnalysisSpec) -> dict[str, Any]:
    """Add the state of each date to mart.signal_history; the cases are as of the last date.

    Mart is left as of a replayed look, so the step `signals` is no longer done.
    """
    from pv.pairs.replay import replay as replay_looks

    with warehouse(home) as con:
        _forget(con, "signals")
        return replay_looks(con, spec, named, log.say)


def build_snapshot(home: Home, run: dict[str, Any], spec: AnalysisSpec) -> Path:
    """Write the candidate snapshot beside the published ones; returns its folder."""
    from pv.warehouse import publish

    building = home.published / f".building-{run['run_id']}"
    with warehouse(home) as con:
        _record_run(con, home, run, spec)
        publish.build(con, building)
    return building


def write_report(building: Path) -> Path:
    """Write the page from the candidate snapshot, into it."""
    from pv import report

    return report.write(building / "poolvigil.duckdb", building / "report.html")


def release(home: Home, building: Path, run_id: str) -> Path:
    """Swap the candidate in and put its report before people; returns the snapshot's folder."""
    from pv.warehouse import publish

    folder = publish.release(building, home.published, run_id, Settings.of(home).keep_snapshots)
    show_report(home)
    return folder


def show_report(home: Home) -> Path:
    """Make `reports/latest.html` the current snapshot's page (again, after a kill)."""
    current = (home.published / "current").resolve()
    home.reports.mkdir(parents=True, exist_ok=True)
    for name in (f"{current.name}.html", "latest.html"):
        made = home.reports / f".{name}"
        shutil.copyfile(current / "report.html", made)
        made.replace(home.reports / name)
    return home.reports / "latest.html"


def summarise(home: Home) -> dict[str, Any]:
    """What stands in the current snapshot, for the last line of `--json`."""
    with duckdb.connect(str(home.current), read_only=True) as con:
        run_id, as_of = con.execute("select run_id, as_of from ops.run").fetchone() or ("", None)
        files = con.execute(
            "select status, count(*) from ops.source_file group by all order by all"
        ).fetchall()
        rows = con.execute(
            "select sum(rows_read), sum(rows_kept), sum(rows_quarantined) from ops.source_file"
        ).fetchone() or (0, 0, 0)
        cases = con.execute(
            "select count(*), count(*) filter (where is_master) from core.case"
        ).fetchone() or (0, 0)
        verdicts = con.execute(
            "select verdict, count(*) from mart.signal group by all order by all"
        ).fetchall()
    return {
        "run_id": run_id,
        "as_of": str(as_of),
        "files": dict(files),
        "rows": dict(zip(("read", "kept", "quarantined"), map(int, rows), strict=True)),
        "cases": {"all": cases[0], "counted": cases[1]},
        "verdicts": dict(verdicts),
        "snapshot": str(home.current),
        "report": str(home.reports / "latest.html"),
    }


def _record_run(
    con: duckdb.DuckDBPyConnection, home: Home, run: dict[str, Any], spec: AnalysisSpec
) -> None:
    from pv.warehouse.relations import put_row

    settings = Settings.of(home)
    inputs = con.execute(
        "select source, name, sha256 from ops.source_file where status = 'ok' order by all"
    ).fetchall()
    con.execute("delete from ops.run")
    put_row(
        con,
        "ops.run",
        {
            **{key: run[key] for key in ("run_id", "as_of", "fingerprint")},
            "code_version": __version__,
            "seed": spec.seed,
            "settings": json.dumps(settings.public()),
            "rules": spec.rule.model_dump_json(),
            "inputs": json.dumps(
                [dict(zip(("source", "name", "sha256"), row, strict=True)) for row in inputs]
            ),
            "versions": json.dumps(versions()),
        },
    )


def _is_done(con: duckdb.DuckDBPyConnection, step: str, fingerprint: str) -> bool:
    found = con.execute(
        "select fingerprint from ops.step_state where step = $step", {"step": step}
    ).fetchone()
    return found == (fingerprint,)


def _forget(con: duckdb.DuckDBPyConnection, *steps: str) -> None:
    """Before a step's tables change: a kill in its midst must not leave it marked as done."""
    con.execute("delete from ops.step_state where step in $steps", {"steps": list(steps)})


def _mark_done(con: duckdb.DuckDBPyConnection, step: str, fingerprint: str) -> None:
    from pv.warehouse.numbered import transaction
    from pv.warehouse.relations import put_row

    with transaction(con):
        _forget(con, step)
        put_row(con, "ops.step_state", {"step": step, "fingerprint": fingerprint})
