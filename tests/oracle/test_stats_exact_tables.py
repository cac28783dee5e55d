"""Exact tables against SciPy, and against plain sums over every outcome."""

from math import comb

import numpy as np
import pytest
from scipy import stats

from pv.stats import conditional, disproportionality, twobytwo

RNG = np.random.default_rng(20_260_101)
# Small tables with many zeros, and some of the shape of a national database.
SMALL = RNG.integers(0, 25, (150, 4)) * (RNG.random((150, 4)) < 0.85)
LARGE = np.column_stack([RNG.integers(low, high, 25) for low, high in
                         ((0, 60), (1, 3_000), (1, 3_000), (10**5, 3 * 10**6))])  # fmt: skip
TABLES = np.vstack([SMALL[SMALL.sum(1) > 0], LARGE])


def test_fisher_equals_scipy() -> None:
    ours = disproportionality.fisher(*TABLES.T)
    theirs = [stats.fisher_exact(table.reshape(2, 2)).pvalue for table in TABLES]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_one_sided_fisher_equals_scipy_and_its_midp_takes_half_the_table_off() -> None:
    exact = disproportionality.fisher_excess(*TABLES.T, midp=False)
    theirs = [
        stats.fisher_exact(table.reshape(2, 2), alternative="greater").pvalue for table in TABLES
    ]
    np.testing.assert_allclose(exact, theirs, rtol=1e-9)
    a, b, c, d = TABLES.T
    probability = stats.hypergeom.pmf(a, a + b + c + d, a + b, a + c)
    midp = disproportionality.fisher_excess(*TABLES.T)
    np.testing.assert_allclose(midp, exact - probability / 2, rtol=1e-6, atol=1e-15)


def test_fisher_keeps_its_digits_far_in_the_tail() -> None:
    """Rifabutin and uveitis: 2.5e-106, relative to itself."""
    theirs = stats.fisher_exact([[41, 14], [754, 591_958]]).pvalue
    assert disproportionality.fisher(41, 14, 754, 591_958) == pytest.approx(theirs, rel=1e-8)


def test_exact_odds_ratio_and_limits_equal_scipy() -> None:
    ours = disproportionality.ror_exact(*TABLES.T)
    for i, table in enumerate(TABLES):
        found = stats.contingency.odds_ratio(table.reshape(2, 2))
        interval = found.confidence_interval()
        a, b, c, d = table
        if min(a, d) + min(b, c) == 0:  # nothing can vary: SciPy has 0 to inf as well
            assert (interval.low, interval.high) == (ours.lower[i], ours.upper[i])
            continue
        computed = [ours.estimate[i], ours.lower[i], ours.upper[i]]
        theirs = [found.statistic, interval.low, interval.high]
        np.testing.assert_allclose(computed, theirs, rtol=1e-6, err_msg=str(table))


def test_fisher_does_not_overflow_on_counts_of_billions() -> None:
    """Margins whose product no 64-bit integer holds: two deviations off, with the continuity."""
    size, shift = 3 * 10**9, 54_772
    # The variance of a is (2 size)^4 / ((4 size)^2 (4 size - 1)), its deviation 27,386.
    deviation = (2 * size) ** 2 / (4 * size) / (4 * size - 1) ** 0.5
    p = disproportionality.fisher(size + shift, size - shift, size - shift, size + shift)
    assert p == pytest.approx(2 * stats.norm.sf((shift - 0.5) / deviation), rel=1e-4)
    assert disproportionality.fisher(5 * 10**9, 10, 20, 5 * 10**9) == 0


def noncentral(table: tuple[int, ...], odds_ratio: float) -> dict[int, float]:
    a, b, c, d = table
    row, column, other = a + b, a + c, c + d
    support = range(max(0, column - other), min(row, column) + 1)
    weights = {x: comb(row, x) * comb(other, column - x) * odds_ratio ** (x - a) for x in support}
    total = sum(weights.values())
    return {x: weight / total for x, weight in weights.items()}


@pytest.mark.parametrize("table", [(3, 7, 5, 40), (1, 9, 2, 3), (12, 5, 6, 30)])
def test_limits_leave_their_share_in_each_tail(table: tuple[int, ...]) -> None:
    a = table[0]
    for midp in (False, True):
        share = 0.5 if midp else 1.0
        limits = disproportionality.ror_exact(*table, midp=midp, level=0.9)
        at_lower = noncentral(table, float(limits.lower))
        above = sum(p for x, p in at_lower.items() if x > a) + share * at_lower[a]
        assert above == pytest.approx(0.05, rel=1e-9)
        at_upper = noncentral(table, float(limits.upper))
        below = sum(p for x, p in at_upper.items() if x < a) + share * at_upper[a]
        assert below == pytest.approx(0.05, rel=1e-9)
        at_estimate = noncentral(table, float(limits.estimate))
        assert sum(x * p for x, p in at_estimate.items()) == pytest.approx(a, rel=1e-9)


def test_limits_of_a_large_table_are_near_woolf_s() -> None:
    """Tens of thousands of outcomes: the window of weights must hold both limits."""
    exact = disproportionality.ror_exact(200_000, 50_000, 60_000, 10**6)
    woolf = disproportionality.ror(200_000, 50_000, 60_000, 10**6)
    assert exact.lower == pytest.approx(float(woolf.lower), rel=1e-4)
    assert exact.upper == pytest.approx(float(woolf.upper), rel=1e-4)


def test_common_odds_ratio_equals_a_sum_over_all_pairs_of_outcomes() -> None:
    tables = [(3, 7, 5, 40), (2, 9, 2, 13)]
    result = conditional.common_odds_ratio(*np.array(tables).T)

    def upper_tail(odds_ratio: float) -> float:
        first, second = (noncentral(table, odds_ratio) for table in tables)
        return sum(p * q for x, p in first.items() for y, q in second.items() if x + y >= 3 + 2)

    assert upper_tail(1.0) == pytest.approx(float(result.p_upper), rel=1e-9)
    assert upper_tail(float(result.lower)) == pytest.approx(0.025, rel=1e-9)


def test_common_rate_ratio_equals_a_sum_over_all_pairs_of_outcomes() -> None:
    x1, t1, x2, t2 = np.array([3, 2]), np.array([10.0, 4.0]), np.array([1, 4]), np.array([9.0, 7.0])
    result = conditional.common_rate_ratio(x1, t1, x2, t2)

    def upper_tail(ratio: float) -> float:
        share = ratio * t1 / (ratio * t1 + t2)
        first, second = (
            stats.binom.pmf(np.arange(n + 1), n, p) for n, p in zip(x1 + x2, share, strict=True)
        )
        together = first[:, None] * second
        return float(together[np.add.outer(np.arange(5), np.arange(7)) >= 5].sum())

    assert upper_tail(1.0) == pytest.approx(float(result.p_upper), rel=1e-9)
    assert upper_tail(float(result.lower)) == pytest.approx(0.025, rel=1e-9)


def test_cells_and_margins_give_one_expectation_as_scipy_does() -> None:
    for table in LARGE:
        theirs = stats.contingency.expected_freq(table.reshape(2, 2))[0, 0]
        assert twobytwo.expected(*table) == pytest.approx(theirs, rel=1e-12)
