"""What must hold for the statistics of any one table."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pv.stats import disproportionality as dis
from pv.stats import information, twobytwo

COUNT = st.integers(1, 10_000)
TABLE = st.tuples(COUNT, COUNT, COUNT, COUNT)
SMALL = st.tuples(*[st.integers(0, 30)] * 4)
CLOSE = 1e-9


@given(TABLE)
def test_odds_ratio_is_symmetric_in_product_and_event(table: tuple[int, ...]) -> None:
    a, b, c, d = table
    np.testing.assert_allclose(dis.ror(a, b, c, d).lower, dis.ror(a, c, b, d).lower, rtol=CLOSE)
    np.testing.assert_allclose(dis.chi2(a, b, c, d), dis.chi2(a, c, b, d), rtol=CLOSE)
    np.testing.assert_allclose(dis.rrr(a, b, c, d), dis.rrr(a, c, b, d), rtol=CLOSE)


@given(TABLE)
def test_exchanging_the_products_inverts_the_ratios(table: tuple[int, ...]) -> None:
    a, b, c, d = table
    for ratio in (dis.prr, dis.ror, dis.ror_haldane):
        one, other = ratio(a, b, c, d), ratio(c, d, a, b)
        np.testing.assert_allclose(one.estimate * other.estimate, 1, rtol=CLOSE)
        np.testing.assert_allclose(one.lower * other.upper, 1, rtol=CLOSE)


@given(TABLE, st.integers(2, 50))
def test_ratios_do_not_depend_on_scale_but_their_certainty_does(
    table: tuple[int, ...], times: int
) -> None:
    larger = tuple(times * cell for cell in table)
    for ratio in (dis.prr, dis.ror):
        small, large = ratio(*table), ratio(*larger)
        np.testing.assert_allclose(small.estimate, large.estimate, rtol=CLOSE)
        np.testing.assert_allclose(small.log_variance, times * large.log_variance, rtol=CLOSE)
    np.testing.assert_allclose(dis.chi2(*larger), times * dis.chi2(*table), rtol=CLOSE)


@given(TABLE)
def test_ror_is_farther_from_one_than_prr_and_prr_than_rrr(table: tuple[int, ...]) -> None:
    prr, ror = float(dis.prr(*table).estimate), float(dis.ror(*table).estimate)
    rrr = float(dis.rrr(*table))
    slack = 1 + CLOSE
    if prr >= 1:
        assert ror * slack >= prr and prr * slack >= rrr and rrr * slack >= 1
    else:
        assert ror <= prr * slack and prr <= rrr * slack and rrr <= slack


@given(st.integers(1, 500), COUNT, COUNT, COUNT)
def test_one_more_case_of_both_raises_every_measure(a: int, b: int, c: int, d: int) -> None:
    """With the margins fixed: a case moves from b and c into a, another from a into d."""
    assume(b > 1 and c > 1)
    before, after = (a, b, c, d), (a + 1, b - 1, c - 1, d + 1)
    assert dis.prr(*after).estimate > dis.prr(*before).estimate
    assert dis.ror(*after).estimate > dis.ror(*before).estimate
    assert dis.rrr(*after) > dis.rrr(*before)


@given(st.integers(0, 10**6), st.floats(0, 1e6))
def test_ic_rises_with_cases_falls_with_expectation_and_lies_in_its_limits(
    n: int, expected: float
) -> None:
    here = information.ic(n, expected)
    assert here.lower < here.estimate < here.upper
    assert information.ic(n + 1, expected).lower > here.lower
    assert information.ic(n, 1.01 * expected + 0.01).upper < here.upper


@given(st.integers(0, 1_000), st.floats(0.001, 1_000), st.floats(0.5, 0.98))
def test_a_higher_level_gives_a_wider_interval(n: int, expected: float, level: float) -> None:
    narrow, wide = (information.ic(n, expected, level=at) for at in (level, level + 0.01))
    assert wide.lower < narrow.lower
    assert wide.upper > narrow.upper


@settings(deadline=None, max_examples=60)
@given(SMALL)
def test_exact_limits_enclose_the_midp_limits_and_the_estimate(table: tuple[int, ...]) -> None:
    exact, midp = dis.ror_exact(*table), dis.ror_exact(*table, midp=True)
    assert exact.lower <= midp.lower <= midp.upper <= exact.upper
    if not np.isnan(exact.estimate):
        assert exact.lower <= exact.estimate <= exact.upper


@settings(deadline=None, max_examples=60)
@given(SMALL)
def test_exact_odds_ratio_is_symmetric_and_inverts(table: tuple[int, ...]) -> None:
    a, b, c, d = table
    here, turned, inverse = (
        dis.ror_exact(a, b, c, d),
        dis.ror_exact(a, c, b, d),
        dis.ror_exact(b, a, d, c),
    )
    np.testing.assert_allclose(here.lower, turned.lower, rtol=1e-7)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(1 / np.asarray(here.upper), inverse.lower, rtol=1e-7)


@settings(deadline=None, max_examples=100)
@given(SMALL)
def test_fisher_is_a_probability_that_no_relabelling_changes(table: tuple[int, ...]) -> None:
    a, b, c, d = table
    p = dis.fisher(a, b, c, d)
    assert 0 < p <= 1
    for other in ((a, c, b, d), (b, a, d, c), (c, d, a, b)):
        np.testing.assert_allclose(dis.fisher(*other), p, rtol=1e-9)


@given(TABLE)
def test_lrt_is_never_negative_and_rises_with_cases(table: tuple[int, ...]) -> None:
    a, b, c, d = table
    margins = (a + b, a + c, a + b + c + d)
    here = dis.lrt(a, *margins)
    assert here >= 0
    if b > 0 and c > 0:
        assert dis.lrt(a + 1, *margins) >= here


@given(TABLE)
def test_margins_and_cells_are_inverse_to_each_other(table: tuple[int, ...]) -> None:
    a, b, c, d = table
    assert twobytwo.from_margins(a, a + b, a + c, a + b + c + d) == table
