"""Build the core tables from staging, as of a date."""

from datetime import date
from pathlib import Path

import duckdb

from pv.cases import coding, duplicates
from pv.spec.duplicates import Duplicates
from pv.warehouse.connect import empty
from pv.warehouse.relations import run
from pv.warehouse.transaction import transaction


def build(
    con: duckdb.DuckDBPyConnection, as_of: date, overrides: Path | None, spec: Duplicates
) -> dict[str, int]:
    """Rebuild every core table; returns what was counted. What is rebuilt is no transaction: DuckDB
    reads with one thread what is not committed.

    `as_of` is the data lock point: versions, deletions and duplicates received later are not
    known. What earlier looks (core.look) counted with what was known by then is kept beside the
    current cases, in core.case_validity and core.earlier_*. `overrides` is the home's vocab folder,
    or None; `spec` says when two cases are one.
    """
    with transaction(con):
        empty(con, "core")
    coding.load_vocabulary(con, overrides)
    coding.code_drugs(con, overrides)
    coding.code_terms(con, overrides)
    coding.code_exposure(con, overrides)
    run(con, "core/issues")
    run(con, "core/versions", {"as_of": as_of})
    duplicates.link(con, spec)
    run(con, "core/counted")
    run(con, "core/exposure", {"as_of": as_of})
    run(con, "core/found")
    found = con.execute(
        "select count(*), count(*) filter (where is_master), count(distinct country) from core.case"
    ).fetchone()
    assert found is not None, "an aggregate without group by gives one row"
    return {"cases": found[0], "counted_cases": found[1], "countries": found[2]}
