import math

import numpy as np
import pytest
from scipy import special

from pv.stats import gps

PRIOR = gps.GpsPrior(0.2, 0.1, 2.0, 4.0, 1 / 3)


def test_without_data_the_posterior_is_the_prior() -> None:
    assert gps.posterior_weight(0, 0, PRIOR) == pytest.approx(1 / 3)
    log_mean = (special.psi(0.2) - math.log(0.1)) / 3 + (special.psi(2) - math.log(4)) * 2 / 3
    assert gps.ebgm(0, 0, PRIOR) == pytest.approx(math.exp(log_mean))


def test_equal_components_are_one_gamma() -> None:
    one = gps.GpsPrior(1.5, 0.5, 1.5, 0.5, 0.3)
    for p in (0.05, 0.5, 0.95):
        exact = special.gammaincinv(1.5 + 4, p) / (0.5 + 2)
        assert gps.quantile(4, 2, one, p) == pytest.approx(exact, rel=1e-13)


def test_a_weight_of_zero_or_one_leaves_one_component() -> None:
    first = gps.GpsPrior(0.2, 0.1, 2.0, 4.0, 1.0)
    second = gps.GpsPrior(0.2, 0.1, 2.0, 4.0, 0.0)
    assert gps.eb05(3, 1, first) == pytest.approx(special.gammaincinv(3.2, 0.05) / 1.1)
    assert gps.eb95(3, 1, second) == pytest.approx(special.gammaincinv(5, 0.95) / 5)


def test_a_point_mass_at_one_keeps_every_pair_near_one() -> None:
    null = gps.GpsPrior(1e4, 1e4, 1e4, 1e4, 0.5)
    assert gps.ebgm([0, 3, 20], [5, 0.1, 1], null) == pytest.approx(1, abs=0.01)


def test_huge_counts_lose_no_digits() -> None:
    # With n = 2e8 and E = 1e8 the posterior is the data: 2, with standard error 2/sqrt(2e8).
    assert gps.ebgm(2e8, 1e8, PRIOR) == pytest.approx(2, rel=1e-8)
    assert gps.eb05(2e8, 1e8, PRIOR) == pytest.approx(2 * (1 - 1.6449 / 2e8**0.5), rel=1e-8)


def test_a_quantile_below_the_smallest_float_is_the_smallest_float() -> None:
    nearly_empty = gps.GpsPrior(1e-4, 1.0, 1e-4, 1.0, 0.5)
    smallest = np.finfo(np.float64).tiny
    assert gps.quantile(0, 0, nearly_empty, 0.05) == pytest.approx(smallest, rel=1e-9, abs=0)


def test_inputs_broadcast_and_empties_stay_empty() -> None:
    assert gps.ebgm_interval([[1], [5]], [0.5, 1, 2], PRIOR).lower.shape == (2, 3)
    assert gps.eb05([], [], PRIOR).shape == (0,)


def test_distribution_function_at_zero_and_far_out() -> None:
    assert gps.cdf(3, 1, PRIOR, 0) == 0
    assert gps.cdf(3, 1, PRIOR, 1e6) == pytest.approx(1)
    with pytest.raises(ValueError, match=r"^ratio must"):
        gps.cdf(3, 1, PRIOR, -1)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ((0, 1, 1, 1, 0.5), "alpha1"),
        ((1, 1, 1, math.inf, 0.5), "beta2"),
        ((1, 1, 1, 1, 2), "weight"),
    ],
)
def test_an_impossible_prior_is_refused_by_name(values: tuple[float, ...], name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must"):
        gps.GpsPrior(*values)


def test_bad_counts_and_levels_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^n must"):
        gps.ebgm(-1, 1, PRIOR)
    with pytest.raises(ValueError, match=r"^expected must"):
        gps.eb05(1, math.nan, PRIOR)
    with pytest.raises(ValueError, match=r"^p must"):
        gps.quantile(1, 1, PRIOR, 0)
    with pytest.raises(ValueError, match="do not broadcast"):
        gps.ebgm([1, 2], [1, 2, 3], PRIOR)
