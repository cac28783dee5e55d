"""The fingerprint of each step: a hash of all that its result depends on.

Each has that of the step before it, so that what comes first is least often done again: a changed
file builds the cases anew, a changed rule the signals, a changed template the report alone.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import date

import duckdb

from pv.night import code
from pv.settings import Home
from pv.spec import AnalysisSpec


def cases(con: duckdb.DuckDBPyConnection, home: Home, as_of: date) -> str:
    """Of the date, the files whose rows are in staging and their lines that are not, the vocabulary
    and the code to core."""
    files = con.execute(
        """
        select
            source, name, sha256,
            (
                select md5(string_agg(distinct line::varchar, ' ' order by line::varchar))
                from ops.quarantine q
                where q.file_id = f.file_id
            ) as set_aside
        from ops.source_file f
        where status = 'ok'
        order by all
        """
    ).fetchall()
    own = sorted(home.vocab.glob("*.csv")) if home.vocab else []
    vocabulary = [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in own]
    return _hash(as_of.isoformat(), files, vocabulary, code.digest("cases"))


def state_id(cases: str, spec: AnalysisSpec, as_of: date) -> str:
    """Of the cases, what is asked of them and the code to mart, named by the date.

    A state of mart.signal_history has this name, from a night as from a replay.
    """
    return f"{as_of.isoformat()}-{_hash(cases, spec.digest, code.digest('signals'))[:16]}"


def snapshot(con: duckdb.DuckDBPyConnection, state_id: str, states: Iterable[str]) -> str:
    """Of the night's state, the states computed before, what became of each file, and what is held
    and why.

    A snapshot also holds the history and the files that could not be read.
    """
    files = con.execute(
        "select source, name, sha256, status, message from ops.source_file order by all"
    ).fetchall()
    rules = con.execute(
        """
        select source, name, md5(string_agg(line || ' ' || rule, ' ' order by line, rule))
        from ops.quarantine
        group by source, name
        order by all
        """
    ).fetchall()
    waiting = con.execute("from ops.held order by all").fetchall()
    said = (files, rules, waiting)
    return _hash(state_id, sorted({state_id, *states}), *said, code.digest("snapshot"))


def report(snapshot: str) -> str:
    """Of the snapshot, and the code and templates of the page."""
    return _hash(snapshot, code.digest("report"))


def _hash(*parts: object) -> str:
    """SHA-256 of parts that JSON can say."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
