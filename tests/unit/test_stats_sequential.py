import math

import numpy as np
import pytest
from scipy import stats

from pv.stats import sequential


def test_likelihood_ratio_by_hand() -> None:
    # n = 2, E = 1: 1 - 2 + 2 ln 2
    assert sequential.llr(2, 1) == pytest.approx(2 * math.log(2) - 1)
    assert sequential.llr([0, 1, 3], [0, 1, 5]).tolist() == [0, 0, 0]
    assert sequential.llr(1, 0) == np.inf


def test_boundary_is_where_the_likelihood_ratio_reaches_the_critical_value() -> None:
    n = np.array([1, 2, 5, 80, 10_000])
    for critical_value in (1e-6, 0.3, 3.0, 40.0):
        latest = sequential.boundary_poisson(n, critical_value=critical_value)
        assert (latest < n).all()
        assert sequential.llr(n, latest) == pytest.approx(critical_value, rel=1e-6)


def test_with_room_for_one_event_only_the_error_is_that_of_its_waiting_time() -> None:
    # Until T = .05 a first event signals up to E = tau_1, a second one (tau_2 > .05) always.
    cv = 3.5
    tau_1 = float(sequential.boundary_poisson(1, critical_value=cv))
    assert tau_1 < 0.05 < sequential.boundary_poisson(2, critical_value=cv)
    one_late_event = math.exp(-tau_1) * math.exp(-(0.05 - tau_1)) * (0.05 - tau_1)
    no_signal = math.exp(-0.05) + one_late_event
    assert sequential.error_poisson(0.05, critical_value=cv) == pytest.approx(1 - no_signal)


def test_minimum_beyond_the_boundary_of_a_short_horizon_is_a_count_threshold() -> None:
    # LLR(3, .5) = 2.9: with cv below, any third event before T = .5 signals.
    error = stats.poisson.sf(2, 0.5)
    assert sequential.error_poisson(0.5, critical_value=2.0, minimum=3) == pytest.approx(error)


def test_a_horizon_too_short_for_alpha_lets_every_path_with_minimum_events_signal() -> None:
    value = sequential.critical_value_poisson(0.3, minimum=3)
    assert value == pytest.approx(float(sequential.llr(3, 0.3)))
    assert sequential.error_poisson(0.3, critical_value=value, minimum=3) == pytest.approx(
        stats.poisson.sf(2, 0.3)
    )


def test_where_the_error_jumps_the_conservative_side_is_returned() -> None:
    # T = 2.5, D = 2: at LLR(5, 2) five events at the first look stop signalling.
    value = sequential.critical_value_poisson(2.5, delay=2.0)
    jump = float(sequential.llr(5, 2))
    assert value == pytest.approx(jump, abs=1e-9)
    assert sequential.error_poisson(2.5, critical_value=value, delay=2.0) <= 0.05
    assert sequential.error_poisson(2.5, critical_value=jump - 1e-9, delay=2.0) > 0.05


def test_delay_to_the_horizon_is_a_single_look() -> None:
    # Looking only in the last instant: P(LLR(N, T) >= cv) = P(N >= 8) at T = 3, cv = 2.8.
    assert sequential.llr(7, 3) < 2.8 < sequential.llr(8, 3)
    error = sequential.error_poisson(3, critical_value=2.8, delay=3 - 1e-9)
    assert error == pytest.approx(stats.poisson.sf(7, 3), abs=1e-7)


def test_performance_adds_up() -> None:
    result = sequential.performance_poisson(10, critical_value=3.467952, relative_risk=2)
    mixed = result.power * result.mean_time_to_signal + (1 - result.power) * 10
    assert result.mean_sample_size == pytest.approx(mixed)


def test_without_any_event_nothing_ever_signals() -> None:
    result = sequential.performance_poisson(5, critical_value=3.0, delay=1.0, relative_risk=0)
    assert result.power == 0
    assert math.isnan(result.mean_time_to_signal)
    assert result.mean_sample_size == pytest.approx(5)


def test_thresholds_of_a_rule_can_be_given() -> None:
    # "One event by E = .1, or two at any time up to 1": 1 - P(no signal).
    late = math.exp(-0.1) * math.exp(-0.9) * (1 + 0.9)
    assert sequential.naive_error(1.0, n_min=1, rule=[0.1, 5.0]) == pytest.approx(1 - late)


def test_naive_thresholds_are_those_of_the_rules() -> None:
    n = np.arange(3, 40)
    largest = [stats.gamma.ppf(0.05, k) for k in n]
    named = sequential.naive_error(10, n_min=3, rule="poisson_p")
    assert sequential.naive_error(10, n_min=3, rule=largest) == pytest.approx(named)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: sequential.critical_value_poisson(0), "horizon"),
        (lambda: sequential.critical_value_poisson(math.nan), "horizon"),
        (lambda: sequential.critical_value_poisson(1e9), "horizon"),
        (lambda: sequential.critical_value_poisson(1, minimum=0), "minimum"),
        (lambda: sequential.critical_value_poisson(1, delay=1.0), "delay"),
        (lambda: sequential.critical_value_poisson(1, alpha=0), "alpha"),
        (lambda: sequential.performance_poisson(1, critical_value=-1), "critical_value"),
        (
            lambda: sequential.performance_poisson(1, critical_value=1, relative_risk=-1),
            "relative_risk",
        ),
        (lambda: sequential.boundary_poisson(0, critical_value=1), "n"),
        (lambda: sequential.llr(-1, 1), "n"),
        (lambda: sequential.naive_error(1, n_min=3, rule="prr"), "rule"),
        (lambda: sequential.naive_error(1, n_min=1, rule=[0.5, 0.2]), "rule"),
        (lambda: sequential.naive_error(1, n_min=1, rule=[0.5]), "rule"),
    ],
)
def test_a_bad_design_is_refused_by_name(call: object, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must"):
        call()  # pyright: ignore
