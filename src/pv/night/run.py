"""The run of a night: its row in ops.run, and its summary."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pv import __version__
from pv.night import code, held, reissues
from pv.settings import Home, Settings
from pv.spec import AnalysisSpec
from pv.warehouse import manifest
from pv.warehouse.connect import OFFLINE

# What a summary says of a signal, and of how many: the first ones.
_OF_A_SIGNAL = (
    "product", "event", "event_kind", "verdict", "n", "expected", "ic025", "n_countries",
)  # fmt: skip
_TOP = 12


@dataclass(frozen=True, slots=True)
class Run:
    """What a night computes: its data lock point, the fingerprints of its steps and what is due.

    `due` names the steps that have to be done, in their order: none when nothing is new.
    """

    as_of: date
    cases: str
    state_id: str
    snapshot: str
    report: str
    due: tuple[str, ...]

    @property
    def run_id(self) -> str:
        """The name of the run and of the snapshot's folder."""
        return f"{self.as_of.isoformat()}-{self.snapshot[:12]}"


def record(con: duckdb.DuckDBPyConnection, home: Home, run: Run, spec: AnalysisSpec) -> None:
    """Make ops.run the row of this run."""
    inputs = con.execute(
        "select source, name, sha256 from ops.source_file where status = 'ok' order by all"
    ).fetchall()
    reissues.tell(con, run.run_id)
    con.execute("delete from ops.run")
    con.execute(
        """
        insert into ops.run by name
        select
            $run_id as run_id, $as_of as as_of, $code_version as code_version,
            $fingerprint as fingerprint, $seed as seed, $settings as settings, $spec as spec,
            $rules as rules, $inputs as inputs, $versions as versions, $what_if as what_if
        """,
        {
            "run_id": run.run_id,
            "as_of": run.as_of,
            "code_version": __version__,
            "fingerprint": run.snapshot,
            "seed": spec.seed,
            "settings": json.dumps(Settings.of(home).public()),
            "spec": spec.to_json(),
            "rules": spec.rule.model_dump_json(),
            "inputs": json.dumps(
                [dict(zip(("source", "name", "sha256"), row, strict=True)) for row in inputs]
            ),
            "versions": json.dumps(code.versions()),
            "what_if": home.what_if,
        },
    )


def counted(database: Path) -> tuple[str, dict[str, Any]]:
    """The fingerprint of a candidate, and what the summary of a night says of it."""
    with duckdb.connect(str(database), read_only=True, config=OFFLINE) as con:
        run_id, as_of, fingerprint = con.execute(
            "select run_id, as_of, fingerprint from ops.run"
        ).fetchone() or ("", None, "")
        files = con.execute(
            "select status, count(*) from ops.source_file group by all order by all"
        ).fetchall()
        rows = con.execute(
            "select sum(rows_read), sum(rows_kept), sum(rows_quarantined) from ops.source_file"
        ).fetchone() or (0, 0, 0)
        cases = con.execute(
            "select count(*), count(*) filter (where is_master) from core.case"
        ).fetchone() or (0, 0)
        waiting = held.read(con)
        again = reissues.read(con, run_id)
        differences = con.execute(
            "select quarter, count(*) from core.quarter_difference group by all order by all"
        ).fetchall()
        verdicts = con.execute(
            "select verdict, count(*) from mart.signal group by all order by all"
        ).fetchall()
        top = con.execute(f"select {', '.join(_OF_A_SIGNAL)} from main.signals limit {_TOP}")
        signals = [dict(zip(_OF_A_SIGNAL, row, strict=True)) for row in top.fetchall()]
    return fingerprint, {
        "run_id": run_id,
        "as_of": str(as_of),
        "files": dict(files),
        "held": [asdict(each) for each in waiting],
        "quarters_that_differ": dict(differences),
        "reissues": [asdict(each) for each in again],
        "rows": dict(zip(("read", "kept", "quarantined"), map(int, rows), strict=True)),
        "cases": {"all": cases[0], "counted": cases[1]},
        "verdicts": dict(verdicts),
        "signals": signals,
    }


def summarise(home: Home) -> dict[str, Any]:
    """What stands in the current snapshot, for the last line of `--json`.

    Its manifest says it: the database may be open in another's hands.
    """
    said = manifest.read(home.current.parent)
    return {
        **(said.summary if said else {}),
        "what_if": home.what_if,
        "snapshot": str(home.current),
        "report": str(home.reports / "latest.html"),
    }
