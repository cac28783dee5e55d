"""Null tails, what is expected at chance, and q: sums that can be written down."""

import math

import numpy as np
import pytest
from scipy import stats

from pv.stats import discrete_fdr, e_values
from pv.stats.discrete_fdr import Family
from pv.stats.gps import GpsPrior
from pv.stats.null_tails import SHARP, Null

EMPIRICAL = Null(2.0, 1.5)


def test_the_empirical_tail_is_that_of_a_poisson_mixed_over_a_gamma() -> None:
    n, expected = np.array([1, 3, 8]), np.array([0.2, 2.0, 3.0])
    # lambda ~ Gamma(2) of mean 1.5 makes n negative binomial with p = b/(b + E), b = 2/1.5.
    theirs = stats.nbinom.sf(n - 1, 2, (2 / 1.5) / (2 / 1.5 + expected))
    np.testing.assert_allclose(EMPIRICAL.tail(n, expected), theirs, rtol=1e-12)
    np.testing.assert_allclose(SHARP.tail(n, expected), stats.poisson.sf(n - 1, expected))


def test_nothing_seen_or_nothing_expected_is_no_excess() -> None:
    for null in (SHARP, EMPIRICAL):
        assert null.tail([0, 3], [2.0, 0.0]).tolist() == [1, 1]


def test_a_mean_below_one_never_lowers_the_bar() -> None:
    assert Null(2.0, 0.4).tail(5, 1.0) == Null(2.0, 1.0).tail(5, 1.0)


def test_the_heavier_component_of_a_prior_is_the_null() -> None:
    null = Null.of_prior(GpsPrior(0.2, 0.1, 2.0, 1.6, 0.1))
    assert (null.shape, null.mean, null.kind) == (2.0, 2.0 / 1.6, "empirical")
    assert Null.of_prior(GpsPrior(3.0, 2.0, 0.2, 0.1, 0.9)).shape == 3.0
    for prior in (None, GpsPrior(0.2, 0.1, 1000.0, 1000.0, 0.1)):
        assert Null.of_prior(prior).kind == "sharp"


def test_the_critical_count_is_the_first_whose_tail_is_within_the_threshold() -> None:
    expected, threshold = np.array([0.3, 5.0, 200.0]), 0.01
    for null in (SHARP, EMPIRICAL):
        found = null.critical_count(expected, threshold, n_min=3)
        np.testing.assert_array_equal(found.level, null.tail(found.count, expected))
        assert (found.level <= threshold).all()
        assert ((null.tail(found.count - 1, expected) > threshold) | (found.count == 3)).all()


@pytest.mark.parametrize("null", [SHARP, EMPIRICAL], ids=["sharp", "empirical"])
def test_v_is_the_sum_of_the_attained_levels(null: Null) -> None:
    rng = np.random.default_rng(1)
    distinct = np.exp(rng.uniform(-4, 5, 40))
    count = rng.integers(1, 1_000, 40)
    family = Family.of(distinct, count)
    assert family.expected.size == 40  # 100 bins a unit of the logarithm part these
    thresholds = np.array([0.2, 0.05, 1e-3, 1e-8, 1.0])
    for n_min in (1, 3):
        attained = null.critical_count(distinct, thresholds[:, None], n_min=n_min).level
        by_hand = (attained * count).sum(1)
        found = discrete_fdr.expected_false(thresholds, family, n_min=n_min, null=null)
        np.testing.assert_allclose(found, by_hand, rtol=1e-12)
        alone = discrete_fdr.expected_false(1e-3, family, n_min=n_min, null=null)
        assert alone == pytest.approx(by_hand[2], rel=1e-12)


def test_v_far_down_is_bounded_by_the_threshold() -> None:
    family = Family.of([0.1, 2.0], [10, 5])
    assert discrete_fdr.expected_false(1e-40, family) == pytest.approx(15e-40)
    assert discrete_fdr.expected_false(0.0, family) == 0


def test_v_is_the_mean_number_of_pairs_at_or_below_a_threshold() -> None:
    """Counts drawn without effect: the number with p <= t is V(t) on average."""
    rng = np.random.default_rng(2)
    expected = np.exp(rng.normal(-1, 1.5, 2_000))
    family = Family.of(expected)
    p = SHARP.tail(rng.poisson(expected, (200, 2_000)), expected)
    for t in (0.01, 0.05):
        hits = (p <= t).sum(1)
        # Bins overstate an expectation by 1% at most, hence V by some percent.
        error = hits.std() / math.sqrt(200)
        v = discrete_fdr.expected_false(t, family)
        assert hits.mean() - 4 * error <= v <= hits.mean() * 1.05 + 4 * error


def test_q_is_the_least_share_expected_false_from_a_p_value_up() -> None:
    rng = np.random.default_rng(3)
    family = Family.of(np.exp(rng.uniform(-3, 3, 30)), rng.integers(1, 50, 30))
    p = np.append(10 ** rng.uniform(-9, -0.5, 40), [1e-3, 1e-3, 1.0, 1.0])
    v = discrete_fdr.expected_false(p, family, n_min=3)
    ratio = v / [(p <= t).sum() for t in p]
    by_hand = [min(1.0, ratio[(p >= t) & (p < 1)].min(initial=1.0)) for t in p]
    found = discrete_fdr.discrete_q(p, family, n_min=3)
    np.testing.assert_allclose(found, by_hand, rtol=1e-12)
    assert found[-2:].tolist() == [1, 1]
    order = rng.permutation(p.size)
    np.testing.assert_array_equal(discrete_fdr.discrete_q(p[order], family, n_min=3), found[order])


def test_pairs_without_a_case_belong_to_the_family_and_their_order_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    expected = np.exp(rng.normal(-2, 2, 5_000))
    family, turned = Family.of(expected), Family.of(expected[::-1])
    assert family.size == 5_000
    np.testing.assert_array_equal(family.expected, turned.expected)
    np.testing.assert_array_equal(family.count, turned.count)
    assert Family.of([0.0, 1.0]).size == 1


def test_nobody_to_judge_is_fine() -> None:
    family = Family.of([1.0])
    assert discrete_fdr.discrete_q([], family).shape == (0,)
    assert discrete_fdr.discrete_q([1.0], family).tolist() == [1.0]
    assert discrete_fdr.expected_false([0.1], Family.of([])).tolist() == [0]
    assert discrete_fdr.discrete_q(0.0, family) == 0


def test_an_e_value_of_no_case_is_below_one_and_its_mean_without_effect_is_one() -> None:
    assert e_values.e_value(0, 2.0) < 1
    assert e_values.e_value(0, 0.0) == 1
    n = np.arange(400)
    mean = np.exp(stats.poisson.logpmf(n, 3.0) + e_values.log_e_value(n, 3.0)).sum()
    assert mean == pytest.approx(1, abs=1e-9)


def test_an_e_value_too_large_for_a_float_has_a_logarithm() -> None:
    assert e_values.e_value(1_000, 1.0) == np.inf
    # ln of the largest term, theta = 20, over six.
    assert e_values.log_e_value(1_000, 1.0) == pytest.approx(
        1_000 * math.log(20) - 19 - math.log(6)
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Null(0.0), "shape and mean must be above zero"),
        (lambda: Null(1.0, math.nan), "shape and mean must be above zero"),
        (lambda: SHARP.tail(1.5, 1.0), "n must hold whole numbers"),
        (lambda: SHARP.critical_count(0.0, 0.1), "expected must be above zero"),
        (lambda: SHARP.critical_count(1.0, 0.0), "threshold must be above zero"),
        (lambda: Family.of([1.0, 2.0], [1]), "must be one-dimensional and of one length"),
        (lambda: discrete_fdr.expected_false(1.5, Family.of([1.0])), "threshold must lie"),
        (lambda: discrete_fdr.discrete_q(-0.1, Family.of([1.0])), "p must lie"),
        (lambda: e_values.e_value(1, 1, ratios=[]), "ratios must be a list"),
        (lambda: e_values.e_value(1, 1, ratios=[0.0]), "ratios must be above zero"),
    ],
)
def test_bad_input_is_refused_by_name(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
