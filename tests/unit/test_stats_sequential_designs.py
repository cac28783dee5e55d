"""Binomial and conditional MaxSPRT."""

import math

import numpy as np
import pytest
from scipy import stats

from pv.stats import sequential
from pv.stats import sequential_binomial as binomial
from pv.stats import sequential_conditional as conditional


def test_binomial_likelihood_ratio_by_hand() -> None:
    # Three of three exposed at p = 1/2: 3 ln 2. At or below the expected share: 0.
    assert binomial.llr_binomial(3, 3, matching_ratio=1) == pytest.approx(3 * math.log(2))
    assert binomial.llr_binomial([0, 1], [0, 2], matching_ratio=1).tolist() == [0, 0]


def test_five_of_five_is_the_strictest_rule_of_five_coin_throws() -> None:
    # P(HHHHH) = 1/32 <= .05; four of four would have 1/16.
    result = binomial.critical_value_binomial(5, matching_ratio=1.0)
    assert result.critical_value == pytest.approx(5 * math.log(2), abs=1e-9)
    assert result.error == pytest.approx(1 / 32)
    limit = binomial.boundary_binomial(5, critical_value=result.critical_value, matching_ratio=1.0)
    assert limit.tolist() == [np.inf, np.inf, np.inf, np.inf, 5]


def test_too_few_events_for_alpha_have_no_critical_value() -> None:
    result = binomial.critical_value_binomial(4, matching_ratio=1.0)
    assert (result.critical_value, result.error) == (math.inf, 0)


def test_minimum_exposed_events_hold_the_boundary_up() -> None:
    free = binomial.boundary_binomial(20, critical_value=2.0, matching_ratio=1.0)
    held = binomial.boundary_binomial(20, critical_value=2.0, matching_ratio=1.0, minimum=6)
    assert (held == np.maximum(free, 6))[5:].all()
    assert np.isinf(held[:5]).all()


def test_conditional_likelihood_ratio_by_hand() -> None:
    # c = n = 1, s = 1/3: ln(4/3 / 2) + ln((4/3)/(2/3)) = ln(2/3) + ln 2
    assert conditional.llr_conditional(1, 1 / 3, 1) == pytest.approx(math.log(4 / 3))
    assert conditional.llr_conditional(1, 2.0, 1) == 0


def test_conditional_boundary_is_where_the_ratio_reaches_the_critical_value() -> None:
    n = np.array([1, 3, 20, 400])
    for critical_value in (0.01, 3.0, 30.0):
        latest = conditional.boundary_conditional(n, historical=20, critical_value=critical_value)
        assert conditional.llr_conditional(n, latest, 20) == pytest.approx(critical_value, rel=1e-6)
        assert (np.diff(latest) > 0).all()


def test_one_event_against_one_is_a_single_comparison() -> None:
    # The first event comes before s V, V exponential: P = s/(1+s).
    latest = float(conditional.boundary_conditional(1, historical=1, critical_value=0.5))
    assert conditional.power_conditional(1, critical_value=0.5, max_events=1) == pytest.approx(
        latest / (1 + latest)
    )


def test_much_history_leads_to_the_known_background() -> None:
    # K = 1: the event comes before E = tau, P = 1 - exp(-tau), as in the Poisson design.
    latest = 1e6 * float(conditional.boundary_conditional(1, historical=10**6, critical_value=3.0))
    power = conditional.power_conditional(10**6, critical_value=3.0, max_events=1)
    assert power == pytest.approx(1 - math.exp(-latest), rel=1e-5)


def test_one_historical_event_has_no_mean_wait_for_the_kth_but_one_up_to_a_horizon() -> None:
    # P/V with one historical event has no mean; within a horizon the stay at 0 is ln(1 + T):
    # M above all reach: the watch ends at K = 1 or T, int_0^T 1/(1+s) ds.
    endless = conditional.performance_conditional(1, critical_value=50.0, max_events=1)
    assert math.isinf(endless.mean_ratio_at_end)
    within = conditional.performance_conditional(1, critical_value=50.0, max_events=1, horizon=3.0)
    assert within.mean_ratio_at_end == pytest.approx(math.log(4))
    assert within.mean_events_at_end == pytest.approx(3 / 4)


def test_without_effect_or_without_events_the_means_are_those_of_the_design() -> None:
    nothing = conditional.performance_conditional(
        5, critical_value=2.0, relative_risk=0.0, horizon=2.0
    )
    assert (nothing.power, nothing.mean_events_at_end) == (0, 0)
    assert nothing.mean_ratio_at_end == pytest.approx(2)
    assert math.isnan(nothing.mean_ratio_at_signal)
    assert math.isnan(nothing.mean_events_at_signal)


def test_a_far_horizon_leaves_the_design_of_k_events() -> None:
    value = conditional.critical_value_conditional(20, max_events=20, minimum=2)
    assert conditional.critical_value_conditional(
        20, max_events=20, minimum=2, horizon=1e6
    ) == pytest.approx(value, rel=1e-9)
    near = conditional.critical_value_conditional(20, max_events=20, minimum=2, horizon=0.5)
    assert near < value


def test_much_history_makes_the_horizon_that_of_the_known_background() -> None:
    # c = 10^7: the rate is known, T = 5 expected events, D = 1.
    c = 10**7
    value = sequential.critical_value_poisson(5.0, minimum=2, delay=1.0)
    known = sequential.performance_poisson(
        5.0, critical_value=value, minimum=2, delay=1.0, relative_risk=2.0
    )
    found = conditional.performance_conditional(
        c, critical_value=value, minimum=2, relative_risk=2.0, horizon=5 / c, delay=1 / c
    )
    assert found.power == pytest.approx(known.power, rel=1e-5)
    assert found.mean_ratio_at_end * c == pytest.approx(known.mean_sample_size, rel=1e-5)
    assert found.mean_ratio_at_signal * c == pytest.approx(known.mean_time_to_signal, rel=1e-5)


def test_a_horizon_too_short_for_alpha_lets_every_path_of_m_events_signal() -> None:
    value = conditional.critical_value_conditional(20, minimum=5, horizon=0.05)
    assert value == pytest.approx(float(conditional.llr_conditional(5, 0.05, 20)))
    error = conditional.power_conditional(20, critical_value=value, minimum=5, horizon=0.05)
    # P(at least 5 events by .05), negative binomial.
    reaches = stats.nbinom.sf(4, 20, 1 / 1.05)
    assert error == pytest.approx(reaches)
    assert error < 0.05


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: binomial.critical_value_binomial(0, matching_ratio=1.0), "max_events"),
        (lambda: binomial.critical_value_binomial(5, matching_ratio=0.0), "matching_ratio"),
        (lambda: binomial.critical_value_binomial(5, matching_ratio=1.0, alpha=1.0), "alpha"),
        (
            lambda: binomial.boundary_binomial(
                5, critical_value=1.0, matching_ratio=1.0, minimum=0
            ),
            "minimum",
        ),
        (lambda: binomial.llr_binomial(3, 2, matching_ratio=1), "exposed"),
        (lambda: conditional.critical_value_conditional(0, max_events=5), "historical"),
        (
            lambda: conditional.power_conditional(5, critical_value=1.0, max_events=5, minimum=6),
            "minimum",
        ),
        (
            lambda: conditional.power_conditional(5, critical_value=-1.0, max_events=5),
            "critical_value",
        ),
        (lambda: conditional.llr_conditional(1, 0, 1), "ratio"),
        (lambda: conditional.critical_value_conditional(5), "max_events"),
        (lambda: conditional.critical_value_conditional(5, max_events=3000), "max_events"),
        (lambda: conditional.critical_value_conditional(5, max_events=5, horizon=0.0), "horizon"),
        (lambda: conditional.critical_value_conditional(5, horizon=500.0), "horizon"),
        (
            lambda: conditional.critical_value_conditional(5, max_events=5, horizon=1.0, delay=1.0),
            "delay",
        ),
        (lambda: conditional.critical_value_conditional(5, max_events=5, delay=1.0), "delay"),
        (
            lambda: conditional.power_conditional(
                5, critical_value=1.0, max_events=5, relative_risk=-1.0
            ),
            "relative_risk",
        ),
    ],
)
def test_a_bad_design_is_refused_by_name(call: object, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must"):
        call()  # pyright: ignore
