"""Freeman and Halton's test of K x 2 tables: Fisher's, enumeration, and its own simulation."""

from itertools import product
from math import comb

import numpy as np
import pytest
from scipy import stats

from pv.stats import disproportionality, homogeneity


def enumerated(cases: list[int], totals: list[int]) -> float:
    """All tables with the same margins, counted as whole numbers."""
    ways = {}
    for table in product(*(range(n + 1) for n in totals)):
        if sum(table) == sum(cases):
            ways[table] = int(np.prod([comb(n, y) for n, y in zip(totals, table, strict=True)]))
    observed = ways[tuple(cases)]
    return sum(w for w in ways.values() if w <= observed) / sum(ways.values())


def test_a_common_event_is_not_multinomial() -> None:
    found = homogeneity.freeman_halton([30, 15], [50, 50])
    assert found.p_value == pytest.approx(0.0046, abs=5e-5)
    assert found.p_value == pytest.approx(float(disproportionality.fisher(30, 20, 15, 35)))
    assert homogeneity.exact([30, 15], [1.0, 1.0]).p_value == pytest.approx(0.0357, abs=5e-5)


def test_two_groups_are_fisher_s_test() -> None:
    rng = np.random.default_rng(1)
    totals = rng.integers(1, 400, (60, 2))
    cases = rng.binomial(totals, rng.uniform(0.02, 0.9, (60, 1)))
    found = homogeneity.freeman_halton(cases, totals)
    assert found.enumerated.all()
    (a, c), (n, m) = cases.T, totals.T
    fisher = disproportionality.fisher(a, n - a, c, m - c)
    np.testing.assert_allclose(found.p_value, fisher, rtol=1e-8)


@pytest.mark.parametrize("seed", range(15))
def test_small_tables_are_those_written_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    totals = rng.integers(1, 9, rng.integers(3, 6))
    if seed % 3 == 0:
        totals[:] = totals[0]  # equal groups: many tables of one probability
    cases = rng.binomial(totals, rng.uniform(0.1, 0.9))
    found = homogeneity.freeman_halton(cases, totals)
    assert found.enumerated
    assert found.p_value == pytest.approx(enumerated(list(cases), list(totals)), rel=1e-9)


def test_a_larger_table_is_that_of_scipy_s_multivariate_hypergeometric() -> None:
    cases, totals = np.array([9, 2, 14, 3]), np.array([20, 18, 25, 12])
    every = np.array([t for t in product(*(range(n + 1) for n in totals)) if sum(t) == cases.sum()])
    p = stats.multivariate_hypergeom.pmf(every, totals, cases.sum())
    observed = stats.multivariate_hypergeom.pmf(cases, totals, cases.sum())
    found = homogeneity.freeman_halton(cases, totals)
    assert found.enumerated
    assert found.p_value == pytest.approx(p[p <= observed * (1 + 1e-7)].sum(), rel=1e-8)


def test_simulation_says_so_and_agrees() -> None:
    cases, totals = [12, 5, 20, 9, 3], [40, 35, 60, 20, 30]
    exact = homogeneity.freeman_halton(cases, totals)
    simulated = homogeneity.freeman_halton(cases, totals, most_paths=1)
    assert exact.enumerated
    assert not simulated.enumerated
    assert abs(simulated.p_value - exact.p_value) < 4.5 * simulated.standard_error


def test_a_table_of_many_large_groups_is_simulated() -> None:
    rng = np.random.default_rng(2)
    totals = rng.integers(500, 20_000, 40)
    found = homogeneity.freeman_halton(rng.binomial(totals, 0.3), totals, draws=2_000)
    assert not found.enumerated
    assert found.p_value > 0.01


def test_order_labels_and_the_complement_change_nothing() -> None:
    cases, totals = np.array([12, 5, 20, 9]), np.array([40, 35, 60, 20])
    order = [2, 0, 3, 1]
    for options in ({}, {"most_paths": 1}):
        p = homogeneity.freeman_halton(cases, totals, **options).p_value
        assert homogeneity.freeman_halton(cases[order], totals[order], **options).p_value == p
        padded = homogeneity.freeman_halton([*cases, 0], [*totals, 0], **options)
        assert padded.p_value == p
        other = homogeneity.freeman_halton(totals - cases, totals, **options)
        assert other.p_value == pytest.approx(float(p), rel=1e-9)


def test_where_nothing_can_vary_p_is_one() -> None:
    for cases, totals in (([0, 0], [3, 4]), ([3, 4], [3, 4]), ([2], [5]), ([2, 0], [5, 0])):
        assert homogeneity.freeman_halton(cases, totals).p_value == 1


def test_more_cases_than_a_group_has_are_refused() -> None:
    with pytest.raises(ValueError, match="cases must not exceed totals"):
        homogeneity.freeman_halton([3, 1], [2, 5])
    with pytest.raises(ValueError, match="cases must have the groups on the last axis"):
        homogeneity.freeman_halton(1, 5)
