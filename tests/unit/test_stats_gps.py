import math

import numpy as np
import pytest
from scipy import special

from pv.stats import gps
from pv.stats._gamma_mixture import Tail, bracketed, one_step
from pv.stats._gps_posterior import Posteriors

PRIOR = gps.GpsPrior(0.2, 0.1, 2.0, 4.0, 1 / 3)


def test_without_data_the_posterior_is_the_prior() -> None:
    assert gps.posterior_weight(0, 0, PRIOR) == pytest.approx(1 / 3)
    log_mean = (special.psi(0.2) - math.log(0.1)) / 3 + (special.psi(2) - math.log(4)) * 2 / 3
    assert gps.ebgm(0, 0, PRIOR) == pytest.approx(math.exp(log_mean))


def test_equal_components_are_one_gamma() -> None:
    one = gps.GpsPrior(1.5, 0.5, 1.5, 0.5, 0.3)
    for p in (0.05, 0.5, 0.95):
        exact = special.gammaincinv(1.5 + 4, p) / (0.5 + 2)
        assert gps.quantile(4, 2, one, p=p) == pytest.approx(exact, rel=1e-13)


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
    assert gps.quantile(0, 0, nearly_empty, p=0.05) == pytest.approx(smallest, rel=1e-9, abs=0)


def simulated(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Counts from 0 to thousands, a tenth of them fractional, and expectations of all sizes."""
    rng = np.random.default_rng(1)
    n = rng.negative_binomial(0.3, 0.01, size).astype(float)
    n[::10] += 0.5
    expected = rng.lognormal(0, 3, size)
    expected[::50], expected[1::50] = 0, 1e200
    return n, expected


def test_a_pair_has_the_same_bits_in_every_batch() -> None:
    n, expected = simulated(20_000)
    whole = gps.ebgm_interval(n, expected, PRIOR)
    some = np.random.default_rng(2).permutation(n.size)[:5_001]
    part = gps.ebgm_interval(n[some], expected[some], PRIOR)
    for name in ("estimate", "lower", "upper"):
        assert np.array_equal(getattr(part, name), getattr(whole, name)[some])
    assert np.array_equal(gps.ebgm(n, expected, PRIOR), whole.estimate)
    assert np.array_equal(gps.eb05(n, expected, PRIOR), whole.lower)
    assert np.array_equal(gps.eb95(n, expected, PRIOR), whole.upper)


@pytest.mark.parametrize("p", [0.05, 0.5, 0.95])
def test_quantiles_read_off_a_polynomial_are_the_bracketed_roots(p: float) -> None:
    # The second prior's components are far apart: its polynomials fail in many cells.
    for prior in (PRIOR, gps.GpsPrior(0.05, 0.02, 50.0, 25.0, 0.1)):
        n, expected = simulated(20_000)
        mixture = Posteriors(n, expected, prior).mixture(slice(None))
        roots = np.exp(bracketed(mixture, Tail.beside(p)))
        assert gps.quantile(n, expected, prior, p=p) == pytest.approx(roots, rel=1e-12, abs=1e-300)


def test_a_step_tells_whether_it_has_ended_at_the_root() -> None:
    n, expected = simulated(2_000)
    mixture, tail = Posteriors(n, expected, PRIOR).mixture(slice(None)), Tail.beside(0.05)
    root = bracketed(mixture, tail)
    near, ended = one_step(mixture, tail, root + 1e-8)
    assert ended.all()
    assert near == pytest.approx(root, abs=1e-13)
    further, ended = one_step(mixture, tail, root + 1e-4)
    assert 0.1 < ended.mean() < 1
    assert further[ended] == pytest.approx(root[ended], abs=1e-13)
    for far in (0.1, -30.0, 30.0, np.nan):
        assert not one_step(mixture, tail, root + far)[1].any()


def test_inputs_broadcast_and_empties_stay_empty() -> None:
    assert gps.ebgm_interval([[1], [5]], [0.5, 1, 2], PRIOR).lower.shape == (2, 3)
    assert gps.eb05([], [], PRIOR).shape == (0,)


def test_distribution_function_at_zero_and_far_out() -> None:
    assert gps.cdf(3, 1, PRIOR, ratio=0) == 0
    assert gps.cdf(3, 1, PRIOR, ratio=1e6) == pytest.approx(1)
    with pytest.raises(ValueError, match=r"^ratio must"):
        gps.cdf(3, 1, PRIOR, ratio=-1)


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
        gps.quantile(1, 1, PRIOR, p=0)
    with pytest.raises(ValueError, match="do not broadcast"):
        gps.ebgm([1, 2], [1, 2, 3], PRIOR)
