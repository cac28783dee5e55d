"""Names of what a result depends on: files, specification, vocabulary, code and libraries."""

import hashlib
import json
import platform
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb

from pv import resources
from pv.settings import Home
from pv.spec import AnalysisSpec

LIBRARIES = ("duckdb", "numpy", "scipy", "polars", "great-expectations", "prefect")


def name_states(
    con: duckdb.DuckDBPyConnection, home: Home, spec: AnalysisSpec, dates: Sequence[date]
) -> dict[date, str]:
    """The state_id of each date: the date, and a hash of all that its verdicts depend on."""
    inputs = con.execute(
        "select source, name, sha256, status from ops.source_file order by source, name"
    ).fetchall()
    messages = con.execute(
        "select source, name, message from ops.source_file order by source, name"
    ).fetchall()
    depends = {
        "spec": spec.digest,
        "files": inputs,
        "messages": messages,
        "vocab": _hash_files(sorted(home.vocab.glob("*.csv"))) if home.vocab else "",
        "code": _hash_files(_code()),
        "versions": versions(),
    }
    known = hash_of(depends)
    return {day: f"{day.isoformat()}-{hash_of([day.isoformat(), known])[:16]}" for day in dates}


def versions() -> dict[str, str]:
    """Python and the libraries that compute."""
    from importlib.metadata import version

    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def _code() -> list[Path]:
    """Every file that a result depends on."""
    package = Path(__file__).parents[1]
    own = [p for p in package.rglob("*") if p.suffix in (".py", ".toml", ".csv", ".html", ".css")]
    data = list(resources.root().glob("sql/**/*.sql"))
    return sorted(own) + sorted(data)


def hash_of(what: object) -> str:
    """SHA-256 of something that JSON can say."""
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def _hash_files(files: list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        whole.update(file.name.encode())
        whole.update(file.read_bytes())
    return whole.hexdigest()
