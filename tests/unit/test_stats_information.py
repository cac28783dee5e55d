"""The information component: shape, zeros, and the one quantile a distinct count."""

from math import log2

import numpy as np
import pytest
from scipy import stats

from pv.stats import information


def test_ic_limits_are_gamma_quantiles() -> None:
    result = information.ic(3, 1.2)
    assert result.estimate == pytest.approx(log2(3.5 / 1.7))
    assert result.lower == pytest.approx(log2(stats.gamma.ppf(0.025, 3.5) / 1.7))
    assert result.upper == pytest.approx(log2(stats.gamma.ppf(0.975, 3.5) / 1.7))


def test_ic_at_another_level() -> None:
    result = information.ic(3, 1.2, level=0.9)
    assert result.lower == pytest.approx(log2(stats.gamma.ppf(0.05, 3.5) / 1.7))


def test_ic_of_no_cases_and_of_no_expectation_is_defined() -> None:
    nothing = information.ic(0, 0)
    assert nothing.estimate == 0
    assert information.ic(0, 5).estimate == pytest.approx(log2(0.5 / 5.5))
    assert np.isfinite([nothing.lower, nothing.upper]).all()


def test_ic_keeps_the_shape_of_its_inputs() -> None:
    n, mean = np.arange(6).reshape(2, 1, 3), np.ones((4, 1))
    assert information.ic(n, mean).lower.shape == (2, 4, 3)
    assert information.ic(2, [1.0, 2.0]).lower.shape == (2,)
    assert information.ic([], []).lower.shape == (0,)


def test_tabulated_huge_and_fractional_counts_agree() -> None:
    """Counts from 10 million up, and weighted ones, take another way to the same numbers."""
    plain = information.ic([5, 7], [1.0, 2.0])
    with_huge = information.ic([5, 20_000_000, 7], [1.0, 3.0, 2.0])
    with_half = information.ic([5, 2.5, 7], [1.0, 3.0, 2.0])
    for other in (with_huge, with_half):
        np.testing.assert_array_equal(other.lower[[0, 2]], plain.lower)
    assert with_half.lower[1] == pytest.approx(log2(stats.gamma.ppf(0.025, 3.0) / 3.5))
    assert with_huge.lower[1] == pytest.approx(with_huge.estimate[1], abs=1e-3)


def test_the_approximation_leaves_the_exact_limit_by_hundredths() -> None:
    error = information.ic(10, 2).lower - information.ic_approx(10, 2).lower
    assert 0.04 < error < 0.06


def test_gould_and_noren_are_two_statistics() -> None:
    """On a sparse pair of high ratio they differ by most of a bit (METHODS part 2)."""
    cells = (41, 14, 754, 591_958)
    gould = information.bcpnn1998(*cells)
    noren = information.ic(41, 55 * 795 / 592_767)
    assert 0.8 < noren.estimate - gould.estimate < 1.0
    half = 1.959963984540054 * np.sqrt(gould.variance)
    assert gould.lower == pytest.approx(gould.estimate - half)


@pytest.mark.parametrize(
    ("n", "expected", "message"),
    [
        (-1, 1, "n must not be negative"),
        (1, -1, "expected must not be negative"),
        (np.nan, 1, "n must be finite"),
        (1, np.inf, "expected must be finite"),
        ([1, 2], [1, 2, 3], "shapes do not broadcast"),
    ],
)
def test_bad_input_is_refused_by_name(n: object, expected: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        information.ic(n, expected)  # type: ignore[arg-type]
