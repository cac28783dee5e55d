"""What must hold for every prior and every pair: GPS posterior."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.stats import gps

positive = st.floats(0.01, 50)
# A weight is a share: 1 - w must keep the digits of w.
weights = st.sampled_from([0.0, 1.0]) | st.floats(0.001, 0.999)
priors = st.builds(gps.GpsPrior, positive, positive, positive, positive, weights)
ns = st.integers(0, 100_000)
expectations = st.floats(0, 1e5)


@given(ns, expectations, priors, st.floats(0.001, 0.999))
def test_quantile_inverts_the_distribution_function(
    n: int, expected: float, prior: gps.GpsPrior, p: float
) -> None:
    root = float(gps.quantile(n, expected, prior, p=p))
    if root > 1e-300:  # below, the quantile is the smallest float by convention
        assert gps.cdf(n, expected, prior, ratio=root) == pytest.approx(p, rel=1e-6)


@given(ns, expectations, priors)
def test_swapping_the_components_changes_nothing(
    n: int, expected: float, prior: gps.GpsPrior
) -> None:
    swapped = gps.GpsPrior(prior.alpha2, prior.beta2, prior.alpha1, prior.beta1, 1 - prior.weight)
    here, there = gps.ebgm_interval(n, expected, prior), gps.ebgm_interval(n, expected, swapped)
    for name in ("estimate", "lower", "upper"):
        assert getattr(here, name) == pytest.approx(getattr(there, name), rel=1e-6, abs=1e-300)


@given(ns, st.floats(1e-6, 1e5), priors)
def test_posterior_lies_between_its_quantiles_and_grows_with_the_count(
    n: int, expected: float, prior: gps.GpsPrior
) -> None:
    here = gps.ebgm_interval(n, expected, prior)
    more = gps.ebgm_interval(n + 1, expected, prior)
    assert here.lower <= here.upper
    assert here.estimate <= more.estimate * (1 + 1e-9)
    assert here.lower <= more.lower * (1 + 1e-9)


@given(st.integers(0, 1000), st.floats(1e-3, 1e3), priors, st.floats(0.01, 100))
def test_counting_time_in_another_unit_scales_the_ratio(
    n: int, expected: float, prior: gps.GpsPrior, factor: float
) -> None:
    # lambda' = lambda/factor when E and both rates are multiplied by the factor.
    scaled = gps.GpsPrior(
        prior.alpha1, prior.beta1 * factor, prior.alpha2, prior.beta2 * factor, prior.weight
    )
    here = gps.ebgm_interval(n, expected, prior)
    there = gps.ebgm_interval(n, expected * factor, scaled)
    assert here.estimate == pytest.approx(there.estimate * factor, rel=1e-6)
    if here.lower > 1e-290:
        assert here.lower == pytest.approx(there.lower * factor, rel=1e-6)


@given(st.lists(st.tuples(ns, expectations), min_size=1, max_size=20), priors)
def test_pairs_do_not_disturb_each_other(
    pairs: list[tuple[int, float]], prior: gps.GpsPrior
) -> None:
    n, expected = np.array(pairs).T
    together = gps.eb05(n, expected, prior)
    assert together.tolist() == [float(gps.eb05(a, b, prior)) for a, b in pairs]
