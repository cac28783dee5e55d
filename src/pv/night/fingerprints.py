"""The fingerprint of each step: a hash of all that its result depends on.

Each has that of the step before it, so that what comes first is least often done again: a changed
file builds the cases anew, a changed rule the signals, a changed template the report alone.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

import duckdb

from pv.decisions.chain import CHAINED
from pv.decisions.status import Returns
from pv.night import code
from pv.settings import Home
from pv.spec import AnalysisSpec
from pv.spec.duplicates import measured


def cases(con: duckdb.DuckDBPyConnection, home: Home, spec: AnalysisSpec, as_of: date) -> str:
    """Of the date, the files and how many of their rows are in staging, the vocabulary, when two
    cases are one, what persons said of that, and the code to core."""
    files = con.execute(
        "select source, name, sha256, rows_kept from ops.source_file where status = 'ok' "
        "order by all"
    ).fetchall()
    own = [*home.vocab.glob("*.csv"), *home.vocab.glob("meddra/**/*.*")] if home.vocab else []
    vocabulary = sorted(
        (file.relative_to(home.root).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest())
        for file in own
        if file.is_file()
    )
    decided = con.execute(
        "select authority, source_case_id, other_authority, other_source_case_id, decision "
        "from ops.duplicate_decision order by decision_no"
    ).fetchall()
    # How right it is stands in core too.
    linked = [spec.duplicates.model_dump(mode="json"), measured(spec.duplicates)]
    return _hash(as_of.isoformat(), files, vocabulary, linked, decided, code.digest("cases"))


def state_id(cases: str, spec: AnalysisSpec, as_of: date) -> str:
    """Of the cases, what is asked of them and the code to mart, named by the date.

    A state of mart.signal_history has this name, from a night as from a replay.
    """
    return f"{as_of.isoformat()}-{_hash(cases, spec.digest, code.digest('signals'))[:16]}"


def snapshot(
    con: duckdb.DuckDBPyConnection,
    state_id: str,
    states: Iterable[str],
    cells_from: int | None,
    returns: Returns,
) -> str:
    """Of the night's state, the states computed before, what became of each file, what is held,
    the smallest count that is shared, what persons decided, and what brings a signal back.

    A snapshot also holds the history and the files that could not be read.
    """
    files = con.execute(
        "select source, name, sha256, status, message from ops.source_file order by all"
    ).fetchall()
    held = [con.execute(f"from ops.{t} order by all").fetchall() for t in ("held", "acceptance")]
    decided = {
        name: con.execute(f"select row_hash from {name} order by {number}").fetchall()
        for name, number in CHAINED.items()
    }
    told = (files, held, cells_from, decided, asdict(returns))
    return _hash(state_id, sorted({state_id, *states}), *told, code.digest("snapshot"))


def report(snapshot: str) -> str:
    """Of the snapshot, and the code and templates of the page."""
    return _hash(snapshot, code.digest("report"))


def _hash(*parts: object) -> str:
    """SHA-256 of parts that JSON can say."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
