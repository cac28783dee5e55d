"""Who was treated where, and the person-time that they have given: the denominators of rates."""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float, Int
from pv.spec.retention import Assumption
from pv.spec.windows import Plan
from pv.stats.person_time import cohort_person_years, patient_years, period_person_years
from pv.warehouse.relations import take

# Cohorts at a time: all looks of these fit into a few hundred megabytes.
_CHUNK = 20_000


@dataclass(frozen=True, slots=True)
class PersonTime:
    """K places (a country of a product, or `all`, its pool), W windows (`all` the last), L looks,
    the regular ones.

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


def read(con: duckdb.DuckDBPyConnection, plan: Plan, assumption: Assumption) -> PersonTime:
    """The places and their person-time, from the relations of sql/rates/windows."""
    place = take(con, "work.exposed_place")
    known = take(con, "work.look")
    look = known["as_of"][known["is_regular"]]
    cohort = take(con, "work.cohort")
    to_come = take(con, "work.planned_exposure")
    is_sum, pool = place["is_sum"], place["pool_no"]
    summed = np.flatnonzero(is_sum[pool] & ~is_sum)
    curve_no = assumption.curve_no(place["product"])
    curves = [assumption.scenarios(number) for number in range(len(assumption.curves))]
    first, last = (_days(cohort[name]) for name in ("period_start", "period_end"))
    until = _days(look)

    # Cohorts of one curve, some at a time.
    of_cohort = curve_no[cohort["place_no"]]
    parts = [
        (number, alike[start : start + _CHUNK])
        for number in range(len(curves))
        for alike in (np.flatnonzero(of_cohort == number),)
        for start in range(0, alike.size, _CHUNK)
    ]

    def with_sums(found: Float) -> Float:
        np.add.at(found, pool[summed], found[summed])
        return found

    def years(scenario: str, at: Float) -> Float:
        """Person-years [K, W, looks of `at`]."""
        found = np.zeros((is_sum.size, len(plan.names), at.size))
        for number, part in parts:
            by_window = cohort_person_years(
                first[part],
                last[part],
                cohort["patients"][part],
                until=at,
                edges=plan.edges,
                retention=curves[number][scenario],
            )
            given = period_person_years(
                first[part], last[part], cohort["person_years"][part], until=at
            )
            together = by_window.sum(axis=-1) + given
            of_all = np.dstack([by_window, together]).transpose(0, 2, 1)
            np.add.at(found, cohort["place_no"][part], of_all)
        return with_sums(found)

    a_patient = np.stack([patient_years(plan.edges, each["central"]) for each in curves])
    by_window = to_come["patients"][:, None] * a_patient[curve_no[to_come["place_no"]]]
    planned = np.zeros((is_sum.size, len(plan.names)))
    planned[to_come["place_no"]] = np.column_stack(
        [by_window, by_window.sum(axis=1) + to_come["person_years"]]
    )
    return PersonTime(
        place["product"],
        place["country"],
        is_sum,
        pool,
        look,
        years("central", until),
        years("low", until[-1:])[..., 0],
        years("high", until[-1:])[..., 0],
        with_sums(planned),
    )


def _days(dates: NDArray[np.generic]) -> Float:
    return dates.astype(np.int64).astype(np.float64)
