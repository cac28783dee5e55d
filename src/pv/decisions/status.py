"""mart.signal_status: where each signal of the night stands, and which closed ones are back; and
mart.obligation: what is asked of each product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from pv.warehouse.relations import run
from pv.warehouse.transaction import transaction


@dataclass(frozen=True, slots=True)
class Returns:
    """What is a material change: growth of the cases by this share, a new fatal case, a country
    that has had no case."""

    growth: float
    new_fatal: bool
    new_country: bool


def fill(
    con: duckdb.DuckDBPyConnection, as_of: date, roles: Sequence[str], returns: Returns
) -> None:
    """Fill both tables from the verdicts that stand in mart, as of a date, and what was decided.

    `roles` of a drug count, as in the verdicts.
    """
    params = {
        "as_of": as_of, "roles": list(roles), "returns_growth": returns.growth,
        "returns_new_fatal": returns.new_fatal, "returns_new_country": returns.new_country,
    }  # fmt: skip
    with transaction(con):
        con.execute("delete from mart.signal_status")
        con.execute("delete from mart.obligation")
        run(con, "decisions/status", params)
