"""Who was treated where, and the person-time they have given: the denominators of the rate arm."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float, Int
from pv.spec.retention import Assumption
from pv.spec.windows import Plan
from pv.stats.person_time import cohort_person_years, patient_years, period_person_years
from pv.warehouse.frames import read as read_columns
from pv.warehouse.frames import register
from pv.warehouse.numbered import run_step

# Cohorts at a time: all looks of these fit into a few hundred megabytes.
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class Exposed:
    """K places (a country of a product, or `all`, its pool), W windows (`all` the last), L looks.

    `is_sum` [K] marks pools that are the sum of their countries, and `pool` [K] gives each place
    its product's pool (itself for a pool). `years` [K, W, L] are person-years by each look in the
    central scenario; `low`, `high` [K, W] those of the other two at the last look. `planned` [K, W]
    is what the central scenario leads to when every patient in the exposure files, also of periods
    still to come, has passed every window.
    """

    product: NDArray[np.object_]
    country: NDArray[np.object_]
    is_sum: NDArray[np.bool_]
    pool: Int
    look: NDArray[np.datetime64]
    years: Float
    low: Float
    high: Float
    planned: Float


def prepare(con: duckdb.DuckDBPyConnection, plan: Plan, as_of: date, roles: list[str]) -> None:
    """Make the temporary tables of sql/rates/windows, on those of sql/count/versions."""
    register(
        con,
        "latency_window",
        {
            "window_key": np.arange(len(plan.names), dtype=np.int32),
            "latency_window": np.array(plan.names, dtype=object),
            "first_day": plan.first_days.astype(np.int32),
            "last_day": plan.last_days.astype(np.int32),
            "is_all": np.arange(len(plan.names)) == len(plan.window),
        },
    )
    run_step(con, "rates/exposure", {"as_of": as_of})
    run_step(con, "rates/windows", {"as_of": as_of, "roles": roles})


def read(con: duckdb.DuckDBPyConnection, plan: Plan, assumption: Assumption) -> Exposed:
    """The places and their person-time, from the tables that `prepare` made."""
    scope = read_columns(
        con,
        """
        select s.product, s.country, s.is_sum, p.scope_key as pool
        from window_scope s
        left join window_scope p on p.product = s.product and p.country = 'all'
        order by s.scope_key
        """,
    )
    look = read_columns(con, "select as_of from look order by look_no")["as_of"]
    look = look.astype("datetime64[D]")
    cohort = read_columns(
        con,
        """
        select s.scope_key, c.period_start, c.period_end, c.patients, c.person_years
        from window_cohort c
        join window_scope s using (product, country)
        order by s.scope_key, c.period_start, c.period_end
        """,
    )
    is_sum, pool = scope["is_sum"].astype(bool), scope["pool"].astype(np.int64)
    curves = assumption.scenarios()
    place = cohort["scope_key"].astype(np.int64)
    first, last = (_days(cohort[name]) for name in ("period_start", "period_end"))
    until = _days(look)

    def years(scenario: str, at: Float) -> Float:
        """Person-years [K, W, looks of `at`]."""
        found = np.zeros((is_sum.size, len(plan.names), at.size))
        for start in range(0, place.size, _CHUNK):
            part = slice(start, start + _CHUNK)
            by_window = cohort_person_years(
                first[part], last[part], cohort["patients"][part], at, plan.edges, curves[scenario]
            )
            given = period_person_years(first[part], last[part], cohort["person_years"][part], at)
            together = by_window.sum(axis=-1) + given
            np.add.at(found, place[part], np.dstack([by_window, together]).transpose(0, 2, 1))
        np.add.at(found, pool[is_sum[pool] & ~is_sum], found[is_sum[pool] & ~is_sum])
        return found

    def planned() -> Float:
        known = read_columns(
            con, "select scope_key, patients, person_years from window_planned order by scope_key"
        )
        by_window = known["patients"][:, None] * patient_years(plan.edges, curves["central"])
        together = by_window.sum(axis=1) + known["person_years"]
        found = np.zeros((is_sum.size, len(plan.names)))
        found[known["scope_key"]] = np.column_stack([by_window, together])
        np.add.at(found, pool[is_sum[pool] & ~is_sum], found[is_sum[pool] & ~is_sum])
        return found

    return Exposed(
        scope["product"],
        scope["country"],
        is_sum,
        pool,
        look,
        years("central", until),
        years("low", until[-1:])[..., 0],
        years("high", until[-1:])[..., 0],
        planned(),
    )


def _days(dates: NDArray[np.generic]) -> Float:
    return dates.astype("datetime64[D]").astype(np.int64).astype(np.float64)
