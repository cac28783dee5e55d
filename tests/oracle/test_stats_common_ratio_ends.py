"""Exact common ratios against sums of whole numbers, also at the ends of the range.

An event that only one product has puts the observation at the end of its support. The tails of a
limit are checked with 60 decimal digits, from weights that are exact integers.
"""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from math import comb

import numpy as np
import pytest

from pv.stats import conditional

Weights = list[int]


def of_table(a: int, b: int, c: int, d: int) -> tuple[Weights, int]:
    """Weights of the smallest, ..., largest a, and the place of the observed one."""
    row, column, other = a + b, a + c, c + d
    lowest, highest = max(0, column - other), min(row, column)
    weights = [comb(row, x) * comb(other, column - x) for x in range(lowest, highest + 1)]
    return weights, a - lowest


def of_rates(x1: int, t1: int, x2: int, t2: int) -> tuple[Weights, int]:
    """The same for whole person-times."""
    events = x1 + x2
    return [comb(events, x) * t1**x * t2 ** (events - x) for x in range(events + 1)], x1


def tail(strata: Sequence[tuple[Weights, int]], ratio: Decimal, *, upper: bool) -> Decimal:
    """P(sum >= observed), or P(sum <= observed), at a ratio."""
    total, observed = [1], 0
    for weights, at in strata:
        product = [0] * (len(total) + len(weights) - 1)
        for i, left in enumerate(total):
            for j, right in enumerate(weights):
                product[i + j] += left * right
        total, observed = product, observed + at
    mass = [Decimal(weight) * ratio**x for x, weight in enumerate(total)]
    return sum(mass[observed:] if upper else mass[: observed + 1]) / sum(mass)


TABLES = {
    "only one product has the event": [(20, 40, 0, 10**6)] * 4,
    "fewer of them": [(15, 40, 0, 10**6)] * 4,
    "only the others have it": [(0, 50, 30, 10**5), (0, 80, 12, 10**4)],
    "nobody with the product is without it": [(8, 0, 3, 500), (5, 0, 40, 900)],
    "a sparse pair": [(2, 300, 5, 10**5), (0, 40, 9, 10**4), (1, 10, 0, 300)],
    "strata that disagree": [(30, 20, 5, 400), (1, 60, 80, 90), (12, 12, 12, 12)],
}
RATES = {
    "only the first has events": [(20, 250, 0, 2_500_000)] * 4,
    "only the second has events": [(0, 10**8, 10, 1)] * 5,
    "few events on both sides": [(3, 10, 1, 4_000), (0, 25, 2, 9_000), (5, 7, 0, 100)],
    "many events": [(60, 100, 200, 1_000), (10, 50, 40, 30)],
}
CASES = [("table", name) for name in TABLES] + [("rates", name) for name in RATES]


@pytest.mark.parametrize(("kind", "name"), CASES, ids=[name for _, name in CASES])
def test_the_limits_leave_their_tails_and_the_p_values_are_the_sums(kind: str, name: str) -> None:
    given = (TABLES if kind == "table" else RATES)[name]
    strata = [of_table(*row) if kind == "table" else of_rates(*row) for row in given]
    function = conditional.common_odds_ratio if kind == "table" else conditional.common_rate_ratio
    ours = function(*np.array(given).T)

    with localcontext() as context:
        context.prec = 60
        for p, upper in ((ours.p_upper, True), (ours.p_lower, False)):
            assert p == pytest.approx(float(tail(strata, Decimal(1), upper=upper)), rel=1e-11)
        for limit, upper in ((ours.lower, True), (ours.upper, False)):
            if 0 < limit < np.inf:
                left = tail(strata, Decimal(float(limit)), upper=upper)
                assert float(left) == pytest.approx(0.025, rel=1e-10)
    lowest = all(at == 0 for _, at in strata)
    highest = all(at == len(weights) - 1 for weights, at in strata)
    assert (ours.lower == 0, ours.upper == np.inf) == (lowest, highest)
    assert ours.lower < np.inf
    assert ours.upper > 0


def test_equal_strata_at_the_end_are_one_binomial() -> None:
    # All 80 events with the first: P = share^80 = .025, so the odds are share/(1 - share).
    ours = conditional.common_rate_ratio([20] * 4, [250] * 4, [0] * 4, [2.5e6] * 4)
    share = 0.025 ** (1 / 80)
    assert ours.lower == pytest.approx(share / (1 - share) * 2.5e6 / 250, rel=1e-9)
    assert ours.upper == np.inf


def test_many_strata_of_many_events_are_one_binomial_when_their_times_are_proportional() -> None:
    """60 strata of 6,000 events: a full convolution would take most of a minute."""
    first = np.full(60, 2_000) + np.arange(60)
    strata = conditional.common_rate_ratio(first, np.full(60, 10), 6_000 - first, np.full(60, 20))
    one = conditional.common_rate_ratio([first.sum()], [10], [360_000 - first.sum()], [20])
    for name in ("estimate", "lower", "upper", "p_upper", "p_lower", "p_value"):
        assert getattr(strata, name) == pytest.approx(float(getattr(one, name)), rel=1e-9), name
