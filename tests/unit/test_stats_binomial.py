import math

import numpy as np
import pytest

from pv.stats import binomial


def test_proportion_at_its_ends_has_closed_limits() -> None:
    none, all_ = binomial.clopper_pearson(0, 10), binomial.clopper_pearson(10, 10)
    assert none.lower == 0
    assert none.upper == pytest.approx(1 - 0.025 ** (1 / 10))
    assert all_.lower == pytest.approx(0.025 ** (1 / 10))
    assert all_.upper == 1


def test_proportion_of_nobody_is_undefined() -> None:
    nobody = binomial.clopper_pearson(0, 0)
    assert np.isnan(nobody.estimate)
    assert (nobody.lower, nobody.upper) == (0, 1)


def test_more_cases_than_patients_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^x must not exceed n"):
        binomial.clopper_pearson(3, 2)


@pytest.mark.parametrize("method", ["central", "midp"])
def test_rate_ratio_with_an_empty_arm(method: binomial.Method) -> None:
    ratio = binomial.rate_ratio([0, 5, 0], 1, [5, 0, 0], 1, method=method)
    assert ratio.estimate[:2].tolist() == [0, np.inf]
    assert np.isnan(ratio.estimate[2])
    assert ratio.lower[[0, 2]].tolist() == [0, 0]
    assert ratio.upper[1:].tolist() == [np.inf, np.inf]
    assert ratio.p_value[2] == 1
    # All five on one side: the tail is (1/2)^5, half of it under mid-p; two-sided doubles it.
    tail = 0.5**5 * (1 if method == "central" else 0.5)
    assert ratio.p_value[:2] == pytest.approx([2 * tail, 2 * tail])


def test_midp_limit_of_all_events_on_one_side_is_closed() -> None:
    # pi^5 / 2 = .025, and the ratio is pi/(1-pi) at equal person-time.
    pi = 0.05 ** (1 / 5)
    assert binomial.rate_ratio(5, 1, 0, 1, method="midp").lower == pytest.approx(pi / (1 - pi))


def test_midp_interval_lies_within_the_exact_one() -> None:
    exact = binomial.rate_ratio([1, 4, 30], 3, [2, 9, 11], 5)
    midp = binomial.rate_ratio([1, 4, 30], 3, [2, 9, 11], 5, method="midp")
    assert (midp.lower > exact.lower).all()
    assert (midp.upper < exact.upper).all()


def test_bad_input_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^t2 must"):
        binomial.rate_ratio(1, 1, 1, 0)
    with pytest.raises(ValueError, match=r"^x1 must"):
        binomial.rate_ratio(math.nan, 1, 1, 1)
    with pytest.raises(ValueError, match=r"^method must"):
        binomial.rate_ratio(1, 1, 1, 1, method="exact")  # pyright: ignore


def test_a_midp_value_far_in_the_tail_keeps_its_digits() -> None:
    # All 4 events on the first side but one, p = 1e-18: P(X = 3)/2 + P(X = 4) = 2 p^3 + ...
    found = binomial.rate_ratio(3, 1e-9, 1, 1e9, method="midp")
    assert found.p_value == pytest.approx(4e-54, rel=1e-12, abs=0)
    mirrored = binomial.rate_ratio(1, 1e9, 3, 1e-9, method="midp")
    assert mirrored.p_value == pytest.approx(4e-54, rel=1e-12, abs=0)
    # None of 80 events on the first side, equal times: P(X = 0)/2 = 2^-81.
    none = binomial.rate_ratio(0, 1, 80, 1, method="midp")
    assert none.p_value == pytest.approx(2.0**-80, rel=1e-12, abs=0)
