"""Whatever the cohorts: windows tile, person-time only grows, scenarios are in order."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.spec import AnalysisSpec
from pv.stats.person_time import Retention, cohort_person_years
from pv.stats.sequential import critical_value_poisson, llr

SPEC = AnalysisSpec.load()
EDGES = SPEC.windows.edges
COHORT = st.tuples(st.integers(-5000, 5000), st.integers(0, 800), st.floats(0, 1e6))
SHARES = st.lists(st.floats(0.05, 1.0), min_size=1, max_size=5)
UNTIL = st.lists(st.integers(-6000, 9000), min_size=1, max_size=12).map(sorted)


def person_years(cohort, until, shares, edges=EDGES):
    first, length, patients = cohort
    return cohort_person_years(
        [first],
        [first + length],
        [patients],
        until=until,
        edges=edges,
        retention=Retention.of(shares),
    )[0]


@given(COHORT, UNTIL, SHARES)
def test_windows_tile(cohort, until, shares) -> None:
    by_window = person_years(cohort, until, shares)
    whole = person_years(cohort, until, shares, [EDGES[0], EDGES[-1]])
    assert np.allclose(by_window.sum(axis=1), whole[:, 0], rtol=1e-9, atol=1e-6)


@given(COHORT, UNTIL, SHARES)
def test_person_time_only_grows_and_never_past_all_that_the_patients_can_give(
    cohort, until, shares
) -> None:
    found = person_years(cohort, until, shares)
    room = cohort[2] * np.diff(EDGES) / 365.25
    assert (np.diff(found, axis=0) >= -1e-6 * (1 + cohort[2])).all()
    assert (found >= 0).all()
    assert (found <= room * (1 + 1e-9) + 1e-6).all()


@given(COHORT, UNTIL)
def test_scenarios_are_in_order(cohort, until) -> None:
    curves = SPEC.retention.scenarios()
    low, central, high = (
        person_years(cohort, until, curves[name].retained) for name in ("low", "central", "high")
    )
    slack = 1e-9 * cohort[2]
    assert (low <= central + slack).all()
    assert (central <= high + slack).all()


@given(COHORT, COHORT, UNTIL, SHARES)
def test_a_cohort_gives_the_same_whoever_is_computed_with_it(one, other, until, shares) -> None:
    columns = np.array([[c[0], c[0] + c[1], c[2]] for c in (other, one)]).T
    together = cohort_person_years(
        *columns, until=until, edges=EDGES, retention=Retention.of(shares)
    )
    assert (together[1] == person_years(one, until, shares)).all()


STEPS = st.lists(st.tuples(st.integers(-1, 2), st.floats(1e-4, 0.4)), min_size=1, max_size=60)


@settings(max_examples=60)
@given(STEPS, st.sampled_from([(1.0, 0.01), (3.0, 0.05)]))
def test_looks_without_a_change_cannot_signal_so_that_they_may_be_left_out(steps, design) -> None:
    """All looks, and only the first and those at which the count changes."""
    horizon = 20.0
    minimum, alpha = design
    critical = critical_value_poisson(horizon, minimum=int(minimum), alpha=alpha)
    change, growth = (np.array(column, dtype=float) for column in zip(*steps, strict=True))
    n = np.maximum(np.cumsum(change), 0)
    expected = np.cumsum(growth)
    kept = np.append(True, np.diff(n) != 0)

    def first(which) -> int | None:
        hit = (llr(n[which], expected[which]) >= critical) & (n[which] >= minimum)
        found = np.flatnonzero(which)[hit & (expected[which] <= horizon)]
        return int(found[0]) if found.size else None

    assert first(np.ones(n.size, dtype=bool)) == first(kept)
