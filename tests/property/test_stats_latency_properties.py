"""What must hold for every set of onsets: right-truncated curves and fits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.stats import latency, latency_parametric

reports = st.lists(
    st.tuples(st.integers(1, 400), st.integers(0, 400)).map(lambda t: (t[0], t[0] + t[1])),
    min_size=1,
    max_size=40,
)


@given(reports)
def test_curve_is_a_distribution_function_within_its_limits(data: list[tuple[int, int]]) -> None:
    onset, truncation = np.array(data).T
    curve = latency.onset_curve(onset, truncation)
    assert (np.diff(curve.cumulative) >= 0).all()
    assert curve.cumulative[-1] == 1
    assert (curve.lower <= curve.cumulative + 1e-12).all()
    assert (curve.upper >= curve.cumulative - 1e-12).all()
    assert (curve.events <= curve.at_risk).all()
    assert (curve.cumulative[curve.time < curve.reliable_from] == 0).all()


@given(reports, st.randoms(use_true_random=False), st.floats(0.01, 100))
def test_curve_knows_neither_order_nor_unit(
    data: list[tuple[int, int]], random: object, unit: float
) -> None:
    onset, truncation = np.array(data).T
    curve = latency.onset_curve(onset, truncation)
    data = data.copy()
    random.shuffle(data)  # pyright: ignore
    mixed, mixed_truncation = np.array(data).T * unit
    other = latency.onset_curve(mixed, mixed_truncation)
    assert other.time == pytest.approx(curve.time * unit)
    assert other.cumulative == pytest.approx(curve.cumulative)
    assert other.tmax == pytest.approx(curve.tmax * unit)


@given(reports, st.integers(0, 30))
@settings(max_examples=30, deadline=None)
def test_interval_curve_never_explains_less_than_exact_dates_and_sums_to_one(
    data: list[tuple[int, int]], blur: int
) -> None:
    onset, truncation = np.array(data).T
    exact = latency.interval_onset_curve(onset, onset, truncation, max_iterations=300)
    wide = latency.interval_onset_curve(
        np.maximum(onset - blur, 0), onset + blur, truncation, max_iterations=300
    )
    assert wide.log_likelihood >= exact.log_likelihood - 0.5
    assert wide.mass.sum() == pytest.approx(1, abs=1e-6)
    assert (wide.left <= wide.right).all()
    assert (wide.cumulative_before <= wide.cumulative).all()


@given(reports, st.floats(0.01, 100))
@settings(max_examples=30, deadline=None)
def test_fits_scale_with_the_unit_of_time(data: list[tuple[int, int]], unit: float) -> None:
    onset, truncation = np.array(data).T
    for fit in (latency_parametric.fit_exponential, latency_parametric.fit_weibull):
        here, there = fit(onset, truncation), fit(onset * unit, truncation * unit)
        if here.state == there.state == "estimated" and here.shape_upper < 30:
            assert there.scale == pytest.approx(here.scale * unit, rel=1e-3)
            assert there.shape == pytest.approx(here.shape, rel=1e-3)
            assert here.scale_lower <= here.scale <= here.scale_upper
