"""What must hold for every input: Poisson and binomial inference, power, sequential boundaries."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.stats import binomial, poisson, power, sequential, sequential_conditional

counts = st.integers(0, 5000)
times = st.floats(1e-3, 1e6)
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])


@given(counts, times, levels)
def test_exact_interval_holds_the_midp_one_which_holds_the_rate(
    x: int, exposure: float, level: float
) -> None:
    exact, midp = poisson.garwood(x, exposure, level=level), poisson.midp(x, exposure, level=level)
    assert exact.lower <= midp.lower <= midp.estimate <= midp.upper <= exact.upper


@given(counts, times, st.floats(1e-3, 1e3))
def test_a_rate_scales_with_its_unit_of_time(x: int, exposure: float, factor: float) -> None:
    here, there = poisson.midp(x, exposure), poisson.midp(x, exposure * factor)
    assert here.lower == pytest.approx(there.lower * factor, rel=1e-9)
    assert here.upper == pytest.approx(there.upper * factor, rel=1e-9)


@given(st.lists(counts, min_size=1, max_size=8), levels)
def test_a_vector_gives_what_its_elements_give(x: list[int], level: float) -> None:
    together = poisson.midp(x, 2.0, level=level)
    for i, one in enumerate(x):
        alone = poisson.midp(one, 2.0, level=level)
        assert together.lower[i] == pytest.approx(alone.lower, rel=1e-12, abs=0)
        assert together.upper[i] == pytest.approx(alone.upper, rel=1e-12, abs=0)


@given(counts, st.floats(1e-6, 1e4), st.booleans())
def test_p_value_and_interval_say_the_same_of_a_ratio_of_one(
    x: int, expected: float, midp: bool
) -> None:
    result = poisson.observed_expected(x, expected, level=0.95, midp=midp)
    if abs(float(result.p_value) - 0.05) > 1e-9:
        outside = result.lower > 1 or result.upper < 1
        assert outside == (result.p_value < 0.05)


@given(counts, times, counts, times, st.sampled_from(["central", "midp"]))
def test_swapping_the_arms_inverts_the_rate_ratio(
    x1: int, t1: float, x2: int, t2: float, method: binomial.Method
) -> None:
    ratio = binomial.rate_ratio(x1, t1, x2, t2, method=method)
    swapped = binomial.rate_ratio(x2, t2, x1, t1, method=method)
    assert ratio.p_value == pytest.approx(swapped.p_value, rel=1e-6, abs=1e-12)
    with np.errstate(divide="ignore"):
        assert 1 / ratio.lower == pytest.approx(swapped.upper, rel=1e-6)
        assert 1 / ratio.upper == pytest.approx(swapped.lower, rel=1e-6)


@given(st.integers(1, 300), st.integers(0, 300), times, times)
def test_uncertainty_of_the_background_never_makes_a_case_more_surprising(
    x: int, y: int, t1: float, t0: float
) -> None:
    # Knowing the rate y + 1 over t0 exactly is knowing more than y events in t0.
    uncertain = poisson.observed_expected_uncertain(x, t1, y, t0)
    more_events = poisson.observed_expected_uncertain(x, t1, y + 1, t0)
    assert uncertain <= more_events + 1e-12
    assert poisson.observed_expected_uncertain(x + 1, t1, y, t0) <= uncertain


@given(st.floats(0, 1e3), st.floats(1e-9, 1e3), st.floats(1e-9, 1e3))
def test_fitted_background_has_the_published_mode_and_upper_limit(
    rate: float, width: float, below: float
) -> None:
    upper = rate + width + rate * 1e-4
    fitted = poisson.fit_background_gamma(rate, max(rate - below, 0), upper)
    assert (fitted.shape - 1) / fitted.rate == pytest.approx(rate, rel=1e-6, abs=1e-9)
    quantile = poisson.gamma_poisson(0, 0, prior_shape=fitted.shape, prior_rate=fitted.rate).upper
    assert quantile == pytest.approx(upper, rel=1e-9)


@given(st.floats(0, 500), st.integers(1, 60), st.floats(0.1, 20), st.floats(1, 5))
def test_detection_grows_with_the_effect_and_falls_with_the_threshold(
    expected: float, n_min: int, risk: float, factor: float
) -> None:
    here = power.detection_probability(expected, n_min=n_min, relative_risk=risk)
    assert (
        here
        <= power.detection_probability(expected, n_min=n_min, relative_risk=risk * factor) + 1e-12
    )
    assert power.detection_probability(expected, n_min=n_min + 1, relative_risk=risk) <= here


@given(st.lists(st.floats(0, 5), min_size=1, max_size=12), st.integers(1, 5))
def test_pooling_never_sees_less_than_a_country(expected: list[float], n_min: int) -> None:
    result = power.pooled_only_unequal(expected, n_min=n_min)
    assert result.pooled >= max(power.detection_probability(expected, n_min=n_min)) - 1e-12
    reversed_ = power.pooled_only_unequal(expected[::-1], n_min=n_min)
    assert result.pooled_only == pytest.approx(reversed_.pooled_only, abs=1e-12)


@given(st.floats(0.01, 30), st.integers(1, 6), st.floats(0.5, 6))
@settings(max_examples=40, deadline=None)
def test_a_higher_critical_value_or_minimum_errs_less(
    horizon: float, minimum: int, value: float
) -> None:
    error = sequential.error_poisson(horizon, critical_value=value, minimum=minimum)
    assert 0 <= error <= 1
    assert (
        sequential.error_poisson(horizon, critical_value=value * 1.2, minimum=minimum)
        <= error + 1e-12
    )
    assert (
        sequential.error_poisson(horizon, critical_value=value, minimum=minimum + 1)
        <= error + 1e-12
    )
    assert (
        sequential.error_poisson(horizon * 1.3, critical_value=value, minimum=minimum)
        >= error - 1e-12
    )


@given(st.floats(0.05, 20), st.integers(1, 4), st.floats(0, 0.9), st.sampled_from([0.01, 0.05]))
@settings(max_examples=25, deadline=None)
def test_the_critical_value_keeps_its_alpha_and_is_not_wasteful(
    horizon: float, minimum: int, delay_share: float, alpha: float
) -> None:
    delay = horizon * delay_share
    design = {"minimum": minimum, "delay": delay}
    value = sequential.critical_value_poisson(horizon, **design, alpha=alpha)
    assert sequential.error_poisson(horizon, critical_value=value, **design) <= alpha + 1e-12
    all_signal = sequential.error_poisson(horizon, critical_value=1e-6, **design)
    looser = sequential.error_poisson(horizon, critical_value=value * (1 - 1e-6), **design)
    assert looser > alpha or looser == pytest.approx(all_signal)


@given(st.integers(1, 60), st.integers(1, 12), st.floats(0.3, 6))
@settings(max_examples=40, deadline=None)
def test_conditional_power_grows_with_the_effect_and_the_events(
    historical: int, events: int, value: float
) -> None:
    error = sequential_conditional.power_conditional(
        historical, critical_value=value, max_events=events
    )
    power_ = sequential_conditional.power_conditional(
        historical, critical_value=value, max_events=events, relative_risk=2.0
    )
    longer = sequential_conditional.power_conditional(
        historical, critical_value=value, max_events=events + 1
    )
    assert 0 <= error <= power_ <= 1
    assert longer >= error - 1e-12
