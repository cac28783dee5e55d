"""Simulated cases into staging as rows: what files of them would have left there.

Skipped are files, readers and the gate; cases are built and judged as in a night.
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.dictionary.tables.staging import STAGING
from pv.simulate.scenarios.many_pairs import DrawnCases
from pv.warehouse.transaction import transaction

_REPORT = """
insert into staging.report by name
select
    'faers' as source, 1 as file_id, line, line::varchar as source_report_id,
    'simulated' as release, 'FDA' as authority, 1 as authority_rank,
    line::varchar as source_case_id, 1 as version, 'report' as action,
    received::date as receipt_date, received::date as first_receipt_date,
    country as occurrence_country, sex, age_years, onset::date as event_date,
    'day' as event_date_precision, [] as unparsed
from given
"""
_DRUG = """
insert into staging.report_drug by name
select
    'faers' as source, 1 as file_id, line, line::varchar as source_report_id, '1' as drug_seq,
    'primary_suspect' as role, product as drug_verbatim, [] as unparsed
from given
"""
_EVENT = """
insert into staging.report_event by name
select
    'faers' as source, 1 as file_id, line, line::varchar as source_report_id,
    event as term_verbatim, [] as unparsed
from given
"""
_FILE = """
insert into ops.source_file by name
select
    1 as file_id, 'faers' as source, 'simulated' as name, 'simulated' as release,
    0 as rows_read, 0 as rows_kept, 0 as rows_quarantined, 'ok' as status
"""


def stage(con: duckdb.DuckDBPyConnection, drawn: DrawnCases, seed: int) -> None:
    """Put drawn cases into staging, in place of what is there: one report each.

    Sex, age and onset of a person are drawn, as the comparison of possible duplicates reads them.
    """
    rng = np.random.default_rng([seed, 7])
    line, size = np.arange(1, drawn.country.size + 1), drawn.country.size
    onset = drawn.received - rng.integers(15, 120, size)
    reports = {
        "line": line,
        "country": _of(drawn.countries, drawn.country),
        "received": drawn.received.astype("datetime64[us]"),
        "onset": onset.astype("datetime64[us]"),
        "sex": _of(("F", "M"), rng.integers(0, 2, size)),
        "age_years": rng.integers(18, 90, size).astype(np.float64),
    }
    with transaction(con):
        for table in STAGING:
            con.execute(f"delete from {table.qualified}")
        con.execute("delete from ops.source_file")
        con.execute("delete from core.case_key")
        con.execute(_FILE)
        _insert(con, _REPORT, reports)
        _insert(con, _DRUG, {"line": line, "product": _of(drawn.products, drawn.product)})
        _insert(con, _EVENT, {"line": line[drawn.case], "event": _of(drawn.events, drawn.event)})


def _of(names: tuple[str, ...], at: NDArray[np.int64]) -> NDArray[np.object_]:
    return np.array(names, dtype=object)[at]


def _insert(
    con: duckdb.DuckDBPyConnection, statement: str, columns: Mapping[str, NDArray[Any]]
) -> None:
    con.register("given", dict(columns))
    con.execute(statement)
    con.unregister("given")
