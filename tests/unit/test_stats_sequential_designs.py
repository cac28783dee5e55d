"""Binomial and conditional MaxSPRT."""

import math

import numpy as np
import pytest

from pv.stats import sequential_binomial as binomial
from pv.stats import sequential_conditional as conditional


def test_binomial_likelihood_ratio_by_hand() -> None:
    # Three of three exposed at p = 1/2: 3 ln 2. At or below the expected share: 0.
    assert binomial.llr_binomial(3, 3, 1) == pytest.approx(3 * math.log(2))
    assert binomial.llr_binomial([0, 1], [0, 2], 1).tolist() == [0, 0]


def test_five_of_five_is_the_strictest_rule_of_five_coin_throws() -> None:
    # P(HHHHH) = 1/32 <= .05; four of four would have 1/16.
    result = binomial.critical_value_binomial(5, 1.0)
    assert result.critical_value == pytest.approx(5 * math.log(2), abs=1e-9)
    assert result.error == pytest.approx(1 / 32)
    limit = binomial.boundary_binomial(5, result.critical_value, 1.0)
    assert limit.tolist() == [np.inf, np.inf, np.inf, np.inf, 5]


def test_too_few_events_for_alpha_have_no_critical_value() -> None:
    result = binomial.critical_value_binomial(4, 1.0)
    assert (result.critical_value, result.error) == (math.inf, 0)


def test_minimum_exposed_events_hold_the_boundary_up() -> None:
    free = binomial.boundary_binomial(20, 2.0, 1.0)
    held = binomial.boundary_binomial(20, 2.0, 1.0, minimum=6)
    assert (held == np.maximum(free, 6))[5:].all()
    assert np.isinf(held[:5]).all()


def test_conditional_likelihood_ratio_by_hand() -> None:
    # c = n = 1, s = 1/3: ln(4/3 / 2) + ln((4/3)/(2/3)) = ln(2/3) + ln 2
    assert conditional.llr_conditional(1, 1 / 3, 1) == pytest.approx(math.log(4 / 3))
    assert conditional.llr_conditional(1, 2.0, 1) == 0


def test_conditional_boundary_is_where_the_ratio_reaches_the_critical_value() -> None:
    n = np.array([1, 3, 20, 400])
    for critical_value in (0.01, 3.0, 30.0):
        latest = conditional.boundary_conditional(n, 20, critical_value)
        assert conditional.llr_conditional(n, latest, 20) == pytest.approx(critical_value, rel=1e-6)
        assert (np.diff(latest) > 0).all()


def test_one_event_against_one_is_a_single_comparison() -> None:
    # The first event comes before s V, V exponential: P = s/(1+s).
    latest = float(conditional.boundary_conditional(1, 1, 0.5))
    assert conditional.power_conditional(1, 1, 0.5) == pytest.approx(latest / (1 + latest))


def test_much_history_leads_to_the_known_background() -> None:
    # K = 1: the event comes before E = tau, P = 1 - exp(-tau), as in the Poisson design.
    latest = 1e6 * float(conditional.boundary_conditional(1, 10**6, 3.0))
    power = conditional.power_conditional(10**6, 1, 3.0)
    assert power == pytest.approx(1 - math.exp(-latest), rel=1e-5)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: binomial.critical_value_binomial(0, 1.0), "max_events"),
        (lambda: binomial.critical_value_binomial(5, 0.0), "matching_ratio"),
        (lambda: binomial.critical_value_binomial(5, 1.0, alpha=1.0), "alpha"),
        (lambda: binomial.boundary_binomial(5, 1.0, 1.0, minimum=0), "minimum"),
        (lambda: binomial.llr_binomial(3, 2, 1), "exposed"),
        (lambda: conditional.critical_value_conditional(0, 5), "historical"),
        (lambda: conditional.power_conditional(5, 5, 1.0, minimum=6), "minimum"),
        (lambda: conditional.power_conditional(5, 5, -1.0), "critical_value"),
        (lambda: conditional.llr_conditional(1, 0, 1), "ratio"),
    ],
)
def test_a_bad_design_is_refused_by_name(call: object, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must"):
        call()  # pyright: ignore
