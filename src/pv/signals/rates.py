"""Reporting rates: cases over patients treated, where exposure is known."""

from datetime import date

import duckdb

from pv import resources
from pv.stats import poisson
from pv.warehouse.frames import insert
from pv.warehouse.numbered import run_file


def fill(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Fill mart.rate: reports per 1,000 patients treated with Garwood's exact interval."""
    for file in resources.sql_files("45_rate"):
        run_file(con, file, {"as_of": as_of})
    found = con.execute(
        "select product, event, event_kind, country, n, patients from exposed order by all"
    ).fetchnumpy()
    rate = poisson.garwood(found["n"].astype(float), found["patients"].astype(float) / 1000)
    columns = {**found, "rate": rate.estimate, "rate_lower": rate.lower, "rate_upper": rate.upper}
    insert(con, "mart.rate", columns)
