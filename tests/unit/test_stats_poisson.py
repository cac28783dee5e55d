import math

import numpy as np
import pytest

from pv.stats import poisson


def test_zero_events_have_a_lower_limit_of_zero_and_the_rule_of_three_as_upper() -> None:
    rate = poisson.garwood(0, 1000)
    assert (rate.estimate, rate.lower) == (0, 0)
    assert rate.upper == pytest.approx(-math.log(0.025) / 1000)
    assert poisson.zero_event_upper(1000) == pytest.approx(-math.log(0.05) / 1000)
    assert poisson.zero_event_upper(1000, two_sided=True) == pytest.approx(rate.upper)


def test_without_exposure_the_rate_is_undefined_and_the_interval_says_nothing() -> None:
    for method in (poisson.garwood, poisson.midp):
        rate = method([0, 3], 0)
        assert np.isnan(rate.estimate).all()
        assert rate.lower.tolist() == [0, 0]
        assert rate.upper.tolist() == [np.inf, np.inf]
    assert poisson.zero_event_upper(0) == np.inf


def test_an_empty_input_gives_an_empty_result() -> None:
    assert poisson.garwood([], 1).estimate.shape == (0,)
    assert poisson.midp([], 1).upper.shape == (0,)
    assert poisson.observed_expected([], 1).p_value.shape == (0,)
    assert poisson.observed_expected_uncertain([], 1, 0, 1).shape == (0,)


def test_counts_and_exposures_broadcast() -> None:
    rate = poisson.garwood([[0], [4]], [1.0, 2.0, 8.0])
    assert rate.estimate.tolist() == [[0, 0, 0], [4, 2, 0.5]]


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf, 1.5])
def test_a_bad_count_is_refused_by_name(bad: float) -> None:
    with pytest.raises(ValueError, match=r"^x must"):
        poisson.garwood(bad)
    with pytest.raises(ValueError, match=r"^observed must"):
        poisson.observed_expected(bad, 1)


def test_a_bad_exposure_or_level_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^exposure must"):
        poisson.midp(1, -1)
    with pytest.raises(ValueError, match=r"^level must"):
        poisson.garwood(1, level=95)
    with pytest.raises(ValueError, match=r"^t1 must"):
        poisson.observed_expected_uncertain(1, 0, 1, 1)


def test_cases_where_nothing_is_expected_can_be_compared_with_nothing() -> None:
    """As in ``background.observed_uncertain``: no expectation is no evidence of an excess."""
    result = poisson.observed_expected([0, 2], 0)
    assert np.isnan(result.estimate).all()
    assert result.lower.tolist() == [0, 0]
    assert result.upper.tolist() == [np.inf, np.inf]
    assert result.p_value.tolist() == [1, 1]
    assert result.p_upper.tolist() == [1, 1]


@pytest.mark.parametrize(("x", "mean"), [(3, 1e-6), (10, 1e-3), (40, 0.01), (25, 0.5)])
def test_a_midp_value_far_in_the_tail_keeps_its_digits(x: int, mean: float) -> None:
    # P(X > x) + P(X = x)/2 = e^-E E^x/x! (1/2 + E/(x+1) + E^2/((x+1)(x+2)) + ...)
    rest, term = 0.5, 1.0
    for k in range(1, 30):
        term *= mean / (x + k)
        rest += term
    tail = math.exp(x * math.log(mean) - mean - math.lgamma(x + 1)) * rest
    found = poisson.observed_expected(x, mean, midp=True)
    assert found.p_upper == pytest.approx(tail, rel=1e-11, abs=0)
    assert found.p_value == pytest.approx(2 * tail, rel=1e-11, abs=0)


def test_a_midp_value_far_in_the_lower_tail_keeps_its_digits() -> None:
    # P(X < 1) + P(X = 1)/2 = e^-E (1 + E/2)
    found = poisson.observed_expected(1, 60, midp=True)
    assert found.p_value == pytest.approx(2 * math.exp(-60) * 31, rel=1e-12, abs=0)


def test_one_sided_p_value_is_the_poisson_tail() -> None:
    # P(X >= 2 | 1) = 1 - e^-1 - e^-1
    assert poisson.observed_expected(2, 1).p_upper == pytest.approx(1 - 2 * math.exp(-1))


def test_no_case_or_no_background_is_never_an_excess() -> None:
    assert poisson.observed_expected_uncertain(0, 10, 3, 100) == 1
    assert poisson.observed_expected_uncertain(5, 10, 0, 0) == 1


def test_background_tail_by_hand() -> None:
    # No event in T0 = 9, one in T1 = 1: P(Bin(1, 1/10) >= 1) = 1/10.
    assert poisson.observed_expected_uncertain(1, 1, 0, 9) == pytest.approx(0.1)
    # Two of two: P(Bin(2, 1/10) >= 2) = 1/100.
    assert poisson.observed_expected_uncertain(2, 1, 0, 9) == pytest.approx(0.01)


@pytest.mark.parametrize("events", [0, 1, 3, 30, 10_000])
def test_gamma_fitted_to_garwood_limits_is_that_of_the_counts_themselves(events: int) -> None:
    rate = poisson.garwood(events, 2500.0)
    fitted = poisson.fit_background_gamma(rate.estimate, rate.lower, rate.upper)
    assert fitted.shape == pytest.approx(events + 1)
    assert fitted.rate == pytest.approx(2500)


def test_a_background_interval_must_hold_its_rate() -> None:
    with pytest.raises(ValueError, match=r"^lower must not exceed rate"):
        poisson.fit_background_gamma(1, 2, 3)
    with pytest.raises(ValueError, match=r"^rate must not exceed upper"):
        poisson.fit_background_gamma(4, 2, 3)
    with pytest.raises(ValueError, match=r"^upper must exceed rate"):
        poisson.fit_background_gamma(3, 2, 3)


def test_gamma_poisson_posterior_without_data_is_the_prior() -> None:
    # Gamma(1, 1) is the exponential: P(RR > 1) = e^-1, P(RR > 2) = e^-2, median ln 2.
    post = poisson.gamma_poisson(0, 0, prior_shape=1, prior_rate=1)
    assert post.mean == 1
    assert post.median == pytest.approx(math.log(2))
    assert post.above_1 == pytest.approx(math.exp(-1))
    assert post.above_2 == pytest.approx(math.exp(-2))


def test_minimum_reporting_fraction_is_observed_over_expected_up_to_one() -> None:
    fraction = poisson.minimum_reporting_fraction([0, 3, 9, 1], [10, 12, 3, 0])
    assert fraction.tolist() == [0, 3 / 12, 1, 1]
    assert np.isnan(poisson.minimum_reporting_fraction(0, 0))
