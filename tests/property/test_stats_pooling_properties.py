"""What must hold for any pooling of strata."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.stats import conditional, homogeneity, meta, multiplicity, stratified, twobytwo

STRATUM = st.tuples(st.integers(0, 8), *[st.integers(1, 60)] * 3)
STRATA = st.lists(STRATUM, min_size=1, max_size=6)
POSITIVE = st.tuples(*[st.integers(1, 60)] * 4)


def sparse_of(cells: np.ndarray) -> stratified.LogEstimate:
    """One pair, from its cells [4, K], through the sparse form."""
    a, b, c, d = cells
    (stratum,) = np.nonzero(a)
    return stratified.mh_or_sparse(
        [a + b],
        [a + c],
        a + b + c + d,
        product_index=[0],
        event_index=[0],
        cell_pair=np.zeros_like(stratum),
        cell_stratum=stratum,
        cell_a=a[stratum],
    )


@given(STRATA, st.randoms(use_true_random=False))
def test_the_order_of_the_countries_does_not_matter(strata: list, random: object) -> None:
    shuffled = strata.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = np.array(strata).T, np.array(shuffled).T
    for pool in (stratified.mh_or, stratified.mh_rr, stratified.mh_irr):
        np.testing.assert_allclose(pool(*one).upper, pool(*other).upper, rtol=1e-9)
    np.testing.assert_allclose(sparse_of(one).upper, sparse_of(other).upper, rtol=1e-9)


@given(STRATA)
def test_sparse_and_dense_agree(strata: list) -> None:
    cells = np.array(strata).T
    sparse, dense = sparse_of(cells), stratified.mh_or(*cells)
    for name in ("estimate", "lower", "upper"):
        np.testing.assert_allclose(getattr(sparse, name)[0], getattr(dense, name), rtol=1e-10)


@given(POSITIVE, st.integers(1, 6))
def test_equal_countries_pool_to_the_ratio_of_each(table: tuple[int, ...], copies: int) -> None:
    """Collapse invariance: where nothing confounds, pooling by strata and collapsing agree."""
    cells = np.array([table] * copies).T
    collapsed = cells.sum(1, keepdims=True)
    for pool in (stratified.mh_or, stratified.mh_rr, stratified.mh_irr):
        np.testing.assert_allclose(pool(*cells).estimate, pool(*collapsed).estimate)
    np.testing.assert_allclose(twobytwo.expected(*cells).sum(), twobytwo.expected(*collapsed)[0])


@given(STRATA)
def test_an_empty_country_and_one_without_the_product_change_nothing(strata: list) -> None:
    cells = np.array(strata).T
    joined = np.hstack([cells, [[0, 0], [0, 0], [0, 7], [0, 90]]])
    for name in ("estimate", "lower"):
        for pool in (stratified.mh_or, stratified.mh_rr):
            np.testing.assert_allclose(getattr(pool(*joined), name), getattr(pool(*cells), name))
        np.testing.assert_allclose(
            getattr(sparse_of(joined), name), getattr(sparse_of(cells), name)
        )


@given(STRATA)
def test_a_country_with_both_but_no_case_pulls_the_pool_down(strata: list) -> None:
    cells = np.array(strata).T
    joined = np.hstack([cells, [[0], [10], [10], [90]]])
    before, after = stratified.mh_or(*cells).estimate, stratified.mh_or(*joined).estimate
    assert after < before or (after == before == 0)


@settings(deadline=None, max_examples=40)
@given(st.lists(POSITIVE, min_size=1, max_size=4))
def test_exact_common_ratios_lie_in_their_limits_and_invert(strata: list) -> None:
    a, b, c, d = np.array(strata).T
    here, inverse = (
        conditional.common_odds_ratio(a, b, c, d),
        conditional.common_odds_ratio(b, a, d, c),
    )
    assert here.lower < here.estimate < here.upper
    np.testing.assert_allclose(here.lower * inverse.upper, 1, rtol=1e-7)
    assert here.p_lower == pytest.approx(float(inverse.p_upper), rel=1e-7)


@settings(deadline=None, max_examples=40)
@given(st.lists(POSITIVE, min_size=1, max_size=4), st.integers(2, 20))
def test_common_rate_ratio_scales_with_person_time(strata: list, times: int) -> None:
    x1, t1, x2, t2 = np.array(strata, dtype=float).T
    here = conditional.common_rate_ratio(x1, t1, x2, t2)
    scaled = conditional.common_rate_ratio(x1, times * t1, x2, t2)
    for name in ("estimate", "lower", "upper"):
        np.testing.assert_allclose(getattr(here, name), times * getattr(scaled, name), rtol=1e-7)


EFFECTS = st.lists(st.tuples(st.floats(-3, 3), st.floats(0.01, 5)), min_size=2, max_size=8)


@given(EFFECTS, st.sampled_from(["dersimonian_laird", "paule_mandel", "reml"]))
def test_random_effects_are_never_more_certain_than_they_should_be(
    strata: list, method: meta.Tau2Method
) -> None:
    effect, variance = np.array(strata).T
    fixed = meta.inverse_variance(effect, variance)
    plain = meta.random_effects(effect, variance, method=method, hartung_knapp=False)
    adjusted = meta.random_effects(effect, variance, method=method, hartung_knapp=True)
    slack = 1e-9
    assert plain.tau2 >= 0
    assert plain.upper - plain.lower >= fixed.upper - fixed.lower - slack
    assert adjusted.upper - adjusted.lower >= plain.upper - plain.lower - slack
    assert adjusted.p_value >= plain.p_value - slack
    assert effect.min() - slack <= plain.estimate <= effect.max() + slack


@given(EFFECTS, st.floats(-5, 5))
def test_a_shift_of_all_effects_shifts_the_mean_and_leaves_tau2(strata: list, by: float) -> None:
    effect, variance = np.array(strata).T
    here, shifted = (
        meta.random_effects(effect + at, variance, method="paule_mandel") for at in (0.0, by)
    )
    np.testing.assert_allclose(shifted.estimate, here.estimate + by, atol=1e-7)
    np.testing.assert_allclose(shifted.tau2, here.tau2, atol=1e-7)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 4), st.floats(0.05, 5)), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_homogeneity_is_a_probability_that_no_relabelling_changes(
    strata: list, random: object
) -> None:
    shuffled = strata.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    p, other = (homogeneity.exact(*np.array(at).T).p_value for at in (strata, shuffled))
    assert 0 < p <= 1
    assert p == pytest.approx(float(other), rel=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_adjusted_p_values_keep_the_order_and_only_grow(p: list[float]) -> None:
    values = np.array(p)
    adjusted = multiplicity.benjamini_hochberg(values)
    assert np.all(adjusted >= values * (1 - 1e-12))
    assert np.all(adjusted <= 1)
    order = np.argsort(values, kind="stable")
    assert np.all(np.diff(adjusted[order]) >= 0)
