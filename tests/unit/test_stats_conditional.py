"""Exact pooling: identities that can be written down, and the ends of the range."""

from math import sqrt

import numpy as np
import pytest

from pv.stats import conditional, disproportionality


def test_common_rate_ratio_of_one_stratum_is_the_ratio_of_its_rates() -> None:
    result = conditional.common_rate_ratio([8], [100], [4], [200])
    assert result.estimate == pytest.approx((8 / 100) / (4 / 200))


def test_common_rate_ratio_is_the_binomial_when_the_person_times_are_proportional() -> None:
    # With t1/t2 = 1/2 in each stratum, the sum of x1 is Bin(n, psi/(psi + 2)).
    strata = conditional.common_rate_ratio([3, 2, 4], [10, 20, 30], [1, 3, 2], [20, 40, 60])
    one = conditional.common_rate_ratio([9], [1], [6], [2])
    for name in ("estimate", "lower", "upper", "p_upper", "p_lower"):
        assert getattr(strata, name) == pytest.approx(float(getattr(one, name)), rel=1e-9)


def test_upper_limit_of_no_events_solves_its_equation() -> None:
    # P(X1 = 0) = (1/(1 + psi))^5 = .025 at equal person-times.
    result = conditional.common_rate_ratio([0, 0], [1, 1], [3, 2], [1, 1])
    assert (result.estimate, result.lower) == (0, 0)
    assert result.upper == pytest.approx(0.025 ** (-1 / 5) - 1)
    midp = conditional.common_rate_ratio([0, 0], [1, 1], [3, 2], [1, 1], midp=True)
    assert midp.upper == pytest.approx(0.05 ** (-1 / 5) - 1)


def test_p_values_are_binomial_tails_at_a_ratio_of_one() -> None:
    # Bin(4, 1/2): P(X >= 3) = 5/16, P(X <= 3) = 15/16; mid-p takes 4/32 off each.
    result = conditional.common_rate_ratio([3], [1], [1], [1])
    assert result.p_upper == pytest.approx(5 / 16)
    assert result.p_lower == pytest.approx(15 / 16)
    assert result.p_value == pytest.approx(10 / 16)
    midp = conditional.common_rate_ratio([3], [1], [1], [1], midp=True)
    assert midp.p_upper == pytest.approx(5 / 16 - 2 / 16)


def test_strata_without_person_time_on_one_side_say_nothing() -> None:
    with_empty = conditional.common_rate_ratio([3, 0], [10, 0], [1, 7], [20, 50])
    alone = conditional.common_rate_ratio([3], [10], [1], [20])
    assert with_empty.upper == pytest.approx(float(alone.upper))


def test_nothing_at_all_is_undefined_within_the_widest_interval() -> None:
    result = conditional.common_rate_ratio([0, 0], [1, 2], [0, 0], [3, 4])
    assert np.isnan(result.estimate)
    assert (result.lower, result.upper) == (0, np.inf)
    assert result.p_value == 1


def test_common_odds_ratio_of_one_table_is_its_exact_odds_ratio() -> None:
    pooled = conditional.common_odds_ratio([4], [16], [10], [190])
    single = disproportionality.ror_exact(4, 16, 10, 190)
    for name in ("estimate", "lower", "upper"):
        assert getattr(pooled, name) == pytest.approx(float(getattr(single, name)), rel=1e-9)


def test_a_country_without_the_product_changes_nothing() -> None:
    alone = conditional.common_odds_ratio([4], [16], [10], [190])
    joined = conditional.common_odds_ratio([4, 0], [16, 0], [10, 30], [190, 500])
    assert joined.upper == pytest.approx(float(alone.upper))


def test_a_country_without_a_case_of_both_pulls_the_common_ratio_down() -> None:
    alone = conditional.common_odds_ratio([4], [16], [10], [190])
    joined = conditional.common_odds_ratio([4, 0], [16, 20], [10, 10], [190, 190])
    assert joined.estimate < alone.estimate
    assert joined.upper < alone.upper


def test_exact_pooling_refuses_fractions_and_events_without_time() -> None:
    with pytest.raises(ValueError, match="x1 must hold whole numbers"):
        conditional.common_rate_ratio([1.5], [1], [1], [1])
    with pytest.raises(ValueError, match="x1 must be 0 where t1 is 0"):
        conditional.common_rate_ratio([1], [0], [1], [1])


def test_random_effects_of_homogeneous_strata_is_the_fixed_ratio() -> None:
    # Twice the rate in every stratum: no variance between them, and the ratio exactly 2.
    result = conditional.random_rate_ratio([20, 40, 10], [10, 20, 5], [10, 20, 5], [10, 20, 5])
    assert result.estimate == pytest.approx(2, rel=1e-6)
    assert result.tau2 == 0
    # At tau = 0 the profile interval is that of one binomial of 70 in 105, near the Wald one.
    wald = 1.96 * sqrt(1 / 70 + 1 / 35)
    assert np.log(result.upper / 2) == pytest.approx(wald, rel=0.2)


def test_random_effects_widen_when_strata_disagree() -> None:
    agree = conditional.random_rate_ratio([40, 40, 40], [10] * 3, [20, 20, 20], [10] * 3)
    differ = conditional.random_rate_ratio([60, 30, 20], [10] * 3, [20, 30, 30], [10] * 3)
    assert differ.tau2 > 0.2
    assert differ.upper / differ.lower > 3 * agree.upper / agree.lower


def test_random_effects_of_two_strata_that_contradict_each_other_bound_little() -> None:
    result = conditional.random_rate_ratio([40, 5], [10, 10], [5, 20], [10, 10])
    assert result.lower < 0.05
    assert result.upper > 50


@pytest.mark.parametrize(
    ("x1", "x2", "estimate"), [([0, 0], [2, 1], 0.0), ([2, 1], [0, 0], np.inf), ([0], [0], np.nan)]
)
def test_random_effects_with_events_on_one_side_has_no_interval(
    x1: list[int], x2: list[int], estimate: float
) -> None:
    result = conditional.random_rate_ratio(x1, np.ones(len(x1)), x2, np.ones(len(x1)))
    np.testing.assert_equal(float(result.estimate), estimate)
    assert np.isnan([result.lower, result.upper, result.tau2]).all()


def test_strata_are_on_the_last_axis_and_rows_on_the_others() -> None:
    first, second = ([4, 2], [16, 9], [10, 6], [190, 90]), ([1, 5], [20, 8], [7, 6], [150, 80])
    rows = [np.array(both) for both in zip(first, second, strict=True)]
    for function in (
        conditional.common_odds_ratio,
        conditional.common_rate_ratio,
        conditional.random_rate_ratio,
    ):
        together = function(*rows)
        for i, alone in enumerate((function(*first), function(*second))):
            assert [column[i] for column in together] == list(alone)
        assert function(*(row[:, None] for row in rows)).estimate.shape == (2, 1)
