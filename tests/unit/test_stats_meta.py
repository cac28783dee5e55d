"""Meta-analysis on strata small enough to do by hand."""

from math import sqrt

import numpy as np
import pytest

from pv.stats import meta

Z = 1.959963984540054


def test_peto_by_hand() -> None:
    # One table 4, 16, 10, 190: E = 20 x 14/220, V = 20 x 200 x 14 x 206/(220^2 x 219).
    mean = 20 * 14 / 220
    spread = 20 * 200 * 14 * 206 / (220**2 * 219)
    result = meta.peto([4], [16], [10], [190])
    assert np.log(result.estimate) == pytest.approx((4 - mean) / spread)
    assert result.log_variance == pytest.approx(1 / spread)


def test_peto_passes_over_strata_of_one_case_or_none() -> None:
    alone = meta.peto([4], [16], [10], [190])
    together = meta.peto([4, 1, 0], [16, 0, 0], [10, 0, 0], [190, 0, 0])
    assert together.estimate == pytest.approx(alone.estimate)
    assert np.isnan(meta.peto([1], [0], [0], [0]).estimate)


def test_the_ratio_of_two_ratios_by_hand() -> None:
    # ln 4 - ln 2 = ln 2, variances .2 + .1.
    result = meta.ratio_of_ratios([4, 4, 0, np.inf, 4], [0.2, np.nan, 0.2, 0.2, 0.2], 2, 0.1)
    assert result.estimate[[0, 4]] == pytest.approx(2)
    assert result.lower[0] == pytest.approx(2 / np.exp(Z * sqrt(0.3)))
    assert result.log_variance[0] == pytest.approx(0.3)
    assert np.isnan(result.as_dict()["lower"][1:4]).all()
    with pytest.raises(ValueError, match="other_log_variance must not be negative"):
        meta.ratio_of_ratios(4, 0.2, 2, -0.1)


def test_inverse_variance_by_hand() -> None:
    # Weights 1 and 1/4: mean (1 + 2/4)/(5/4) = 1.2; Q = .2^2 + .8^2/4 = .2.
    result = meta.inverse_variance([1, 2], [1, 4])
    assert result.estimate == pytest.approx(1.2)
    assert result.upper == pytest.approx(1.2 + Z * sqrt(4 / 5))
    assert result.q == pytest.approx(0.2)
    assert result.i2 == 0
    assert result.tau2 == 0


def test_dersimonian_laird_by_hand() -> None:
    # y = 0, 4 with variance 1: Q = 8, sum w - sum w^2/sum w = 2 - 1, tau2 = (8 - 1)/1.
    result = meta.random_effects([0, 4], [1, 1], method="dersimonian_laird", hartung_knapp=False)
    assert result.tau2 == pytest.approx(7)
    assert result.i2 == pytest.approx(100 * (8 - 1) / 8)
    assert result.estimate == pytest.approx(2)
    assert result.lower == pytest.approx(2 - Z * sqrt(8 / 2))


@pytest.mark.parametrize("method", ["dersimonian_laird", "paule_mandel", "reml"])
def test_all_estimates_of_tau2_agree_when_the_strata_are_equally_precise(
    method: meta.Tau2Method,
) -> None:
    # Balanced: each equals the sample variance less the common variance, 8/1 - 1.
    assert meta.random_effects([0, 4], [1, 1], method=method).tau2 == pytest.approx(7)


@pytest.mark.parametrize("method", ["dersimonian_laird", "paule_mandel", "reml"])
def test_tau2_is_exactly_zero_when_the_strata_agree(method: meta.Tau2Method) -> None:
    assert meta.random_effects([1, 1, 1.1], [1, 2, 3], method=method).tau2 == 0


def test_paule_mandel_makes_the_weighted_squares_equal_their_degrees() -> None:
    effect, variance = np.array([0.1, 2.0, -1.5, 0.7]), np.array([0.1, 0.4, 0.2, 0.9])
    tau2 = meta.random_effects(effect, variance, method="paule_mandel").tau2
    weights = 1 / (variance + tau2)
    mean = (weights * effect).sum() / weights.sum()
    assert (weights * (effect - mean) ** 2).sum() == pytest.approx(3)


def test_hartung_knapp_uses_student_and_the_observed_scatter() -> None:
    # y = 0, 2, 7 with tiny variances: the scatter is the sample variance 13 over 3; t(2) = 4.3027.
    result = meta.random_effects([0, 2, 7], [1e-9] * 3, method="reml")
    assert result.estimate == pytest.approx(3)
    assert result.upper == pytest.approx(3 + 4.302652729911275 * sqrt(13 / 3), rel=1e-6)


def test_hartung_knapp_is_never_narrower_when_the_strata_agree_too_well() -> None:
    effect, variance = [1.0, 1.0, 1.0], [1.0, 2.0, 3.0]
    ordinary = meta.random_effects(effect, variance, hartung_knapp=False)
    adjusted = meta.random_effects(effect, variance, hartung_knapp=True)
    assert adjusted.upper == ordinary.upper
    assert adjusted.p_value == ordinary.p_value


def test_one_stratum_is_its_own_mean() -> None:
    for method in ("dersimonian_laird", "paule_mandel", "reml"):
        result = meta.random_effects([1.5], [4.0], method=method)
        assert (result.estimate, result.tau2) == (1.5, 0)
        assert result.lower == pytest.approx(1.5 - Z * 2)
        assert np.isnan(result.q_p_value)


def test_many_analyses_at_once_equal_each_alone() -> None:
    rng = np.random.default_rng(7)
    effect, variance = rng.normal(0, 1, (4, 5)), rng.uniform(0.1, 1, (4, 5))
    together = meta.random_effects(effect, variance)
    for i in range(4):
        alone = meta.random_effects(effect[i], variance[i])
        assert together.tau2[i] == pytest.approx(float(alone.tau2), abs=1e-9)
        assert together.upper[i] == pytest.approx(float(alone.upper))


def test_bad_input_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="variance must be above zero"):
        meta.inverse_variance([1, 2], [1, 0])
    with pytest.raises(ValueError, match="effect must have at least one stratum"):
        meta.inverse_variance([], [])
    with pytest.raises(ValueError, match="method must be"):
        meta.random_effects([1, 2], [1, 1], method="hedges")  # type: ignore[arg-type]
