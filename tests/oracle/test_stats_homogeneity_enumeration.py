"""Exact homogeneity against SciPy's multinomial summed over every outcome."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from pv.stats import homogeneity


@pytest.mark.parametrize("seed", range(12))
def test_p_value_sums_the_outcomes_no_more_probable(seed: int) -> None:
    rng = np.random.default_rng(seed)
    strata = int(rng.integers(2, 5))
    means = rng.uniform(0.1, 3, strata)
    counts = rng.multinomial(int(rng.integers(1, 9)), rng.dirichlet(np.ones(strata)))
    n = int(counts.sum())
    outcomes = np.array([x for x in product(range(n + 1), repeat=strata) if sum(x) == n], dtype=int)
    probability = stats.multinomial.pmf(outcomes, n, means / means.sum())
    observed = stats.multinomial.pmf(counts, n, means / means.sum())
    by_sum = probability[probability <= observed * (1 + 1e-7)].sum()
    assert homogeneity.exact(counts, means).p_value == pytest.approx(by_sum, rel=1e-9)


def test_cochran_q_is_scipy_s_chi_square_against_the_fitted_counts() -> None:
    counts, means = np.array([20, 33, 8, 41]), np.array([15.0, 40.0, 12.0, 30.0])
    theirs = stats.chisquare(counts, means * counts.sum() / means.sum())
    ours = homogeneity.cochran_q(counts, means)
    assert ours.q == pytest.approx(theirs.statistic)
    assert ours.p_value == pytest.approx(theirs.pvalue)
