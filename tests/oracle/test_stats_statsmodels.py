"""Closed forms, stratified tables and meta-analysis against statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable, Table2x2
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests

from pv.stats import disproportionality, meta, multiplicity, stratified

RNG = np.random.default_rng(11)
TABLES = RNG.integers(1, 200, (40, 4))


@pytest.mark.parametrize("table", TABLES[:20], ids=str)
def test_ratios_and_chi2_of_one_table(table: np.ndarray) -> None:
    theirs = Table2x2(table.reshape(2, 2), shift_zeros=False)
    odds, risk = disproportionality.ror(*table), disproportionality.prr(*table)
    assert odds.estimate == pytest.approx(theirs.oddsratio)
    np.testing.assert_allclose([odds.lower, odds.upper], theirs.oddsratio_confint(0.05))
    assert risk.estimate == pytest.approx(theirs.riskratio)
    np.testing.assert_allclose([risk.lower, risk.upper], theirs.riskratio_confint(0.05))
    pearson = theirs.test_nominal_association().statistic
    assert disproportionality.chi2(*table) == pytest.approx(pearson)


@pytest.mark.parametrize("strata", [1, 2, 5, 20])
def test_mantel_haenszel_odds_ratio_with_its_interval(strata: int) -> None:
    tables = TABLES[:strata]
    theirs = StratifiedTable([table.reshape(2, 2) for table in tables])
    ours = stratified.mh_or(*tables.T)
    assert ours.estimate == pytest.approx(theirs.oddsratio_pooled)
    np.testing.assert_allclose([ours.lower, ours.upper], theirs.oddsratio_pooled_confint(0.05))
    assert stratified.mh_rr(*tables.T).estimate == pytest.approx(theirs.riskratio_pooled)


@pytest.mark.parametrize(
    ("method", "theirs"), [("dersimonian_laird", "chi2"), ("paule_mandel", "iterated")]
)
@pytest.mark.parametrize("seed", range(4))
def test_random_effects(method: meta.Tau2Method, theirs: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    effect, variance = rng.normal(0, 1, 9), rng.uniform(0.05, 0.8, 9)
    # A tolerance at rounding level makes statsmodels 0.14 give tau2 = 0: its Paule-Mandel iteration
    # takes an equation a hair below zero, which is the solution, for "no variance".
    found = combine_effects(effect, variance, method_re=theirs, atol=1e-8, maxiter=1000)
    frame = found.summary_frame()
    fixed = meta.inverse_variance(effect, variance)
    random = meta.random_effects(effect, variance, method=method, hartung_knapp=False)
    np.testing.assert_allclose(
        [fixed.estimate, fixed.lower, fixed.upper],
        frame.loc["fixed effect", ["eff", "ci_low", "ci_upp"]].astype(float),
    )
    np.testing.assert_allclose(
        [random.estimate, random.lower, random.upper],
        frame.loc["random effect", ["eff", "ci_low", "ci_upp"]].astype(float),
        rtol=1e-6,
    )
    assert random.tau2 == pytest.approx(found.tau2, rel=1e-6)
    assert random.q == pytest.approx(found.q)
    assert random.i2 == pytest.approx(max(0.0, 100 * found.i2))


def test_benjamini_hochberg() -> None:
    p = np.concatenate([RNG.random(200), RNG.random(50) * 1e-3, [0.0, 1.0, 0.5, 0.5]])
    theirs = multipletests(p, method="fdr_bh")[1]
    np.testing.assert_allclose(multiplicity.benjamini_hochberg(p), theirs)
