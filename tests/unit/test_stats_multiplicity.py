"""False discovery rates by hand."""

import numpy as np
import pytest

from pv.stats import multiplicity
from pv.stats.gps import GpsPrior

PRIOR = GpsPrior(0.2, 0.1, 2.0, 4.0, 1 / 3)


def test_adjusted_p_values_by_hand() -> None:
    # Sorted .01, .02, .03, .5 times 4/rank: .04, .04, .04, .5.
    np.testing.assert_allclose(
        multiplicity.benjamini_hochberg([0.5, 0.02, 0.01, 0.03]), [0.5, 0.04, 0.04, 0.04]
    )


def test_a_test_that_was_not_made_does_not_count() -> None:
    result = multiplicity.benjamini_hochberg([0.5, np.nan, 0.02, 0.01, 0.03, np.nan])
    np.testing.assert_allclose(result, [0.5, np.nan, 0.04, 0.04, 0.04, np.nan])


def test_one_family_whatever_the_shape() -> None:
    p = np.array([[0.01, 0.04], [0.03, 0.9]])
    result = multiplicity.benjamini_hochberg(p)
    np.testing.assert_allclose(result.ravel(), multiplicity.benjamini_hochberg(p.ravel()))
    assert result.shape == (2, 2)
    assert multiplicity.benjamini_hochberg([]).shape == (0,)
    assert multiplicity.benjamini_hochberg(0.03) == 0.03


@pytest.mark.parametrize("bad", [-0.1, 1.1, np.inf])
def test_p_values_outside_0_to_1_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="p must lie between 0 and 1"):
        multiplicity.benjamini_hochberg([0.5, bad])


def test_local_rate_falls_with_more_cases_and_is_one_above_every_ratio() -> None:
    rates = multiplicity.local_false_discovery_rate([0, 1, 3, 10], 1.0, PRIOR)
    assert np.all(np.diff(rates) < 0)
    assert multiplicity.local_false_discovery_rate(3, 1.0, PRIOR, ratio=1e9) == pytest.approx(1)


def test_false_discovery_rate_is_the_running_mean_of_the_local_rates() -> None:
    n = np.array([1, 10, 3, 3])
    weak, strong, middle, _ = multiplicity.local_false_discovery_rate(n, 1.0, PRIOR)
    np.testing.assert_allclose(
        multiplicity.false_discovery_rate(n, 1.0, PRIOR),
        [
            (strong + 2 * middle + weak) / 4,
            strong,
            (strong + 2 * middle) / 3,
            (strong + 2 * middle) / 3,
        ],
    )
