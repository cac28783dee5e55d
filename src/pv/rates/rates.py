"""Reporting rates: cases over patients treated, where exposure is known."""

from datetime import date

import duckdb

from pv.stats import poisson
from pv.warehouse.frames import insert, read
from pv.warehouse.numbered import run_step


def fill(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Fill mart.rate: reports per 1,000 patients treated with Garwood's exact interval."""
    run_step(con, "rates/exposure", {"as_of": as_of})
    run_step(con, "rates/reporting", {"as_of": as_of})
    found = read(
        con, "select product, event, event_kind, country, n, patients from exposed order by all"
    )
    rate = poisson.garwood(found["n"].astype(float), found["patients"].astype(float) / 1000)
    columns = {**found, "rate": rate.estimate, "rate_lower": rate.lower, "rate_upper": rate.upper}
    insert(con, "mart.rate", columns)
