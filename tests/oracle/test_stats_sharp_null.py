"""The stratified tail against enumeration with exact fractions, and by its own other way."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy import stats

from pv.stats import sharp_null

Stratum = tuple[int, int, int]


def enumerated(strata: list[Stratum], n: int) -> Fraction:
    """P(sum >= n): the arrangements of each (total, product, event), counted and convolved."""
    ways, all_ways = [1], 1
    for size, n_p, n_e in strata:
        here = [comb(n_p, x) * comb(size - n_p, n_e - x) for x in range(min(n_p, n_e) + 1)]
        joined = [0] * (len(ways) + len(here) - 1)
        for i, left in enumerate(ways):
            for j, right in enumerate(here):
                joined[i + j] += left * right
        ways, all_ways = joined, all_ways * comb(size, n_e)
    return Fraction(sum(ways[max(n, 0) :]), all_ways)


def tail(n: list[int], strata: list[list[Stratum]], **options: float) -> sharp_null.StratifiedTail:
    pair = [i for i, rows in enumerate(strata) for _ in rows]
    size, product, event = zip(*(row for rows in strata for row in rows), strict=True)
    return sharp_null.stratified_tail(
        n, pair, row_product=product, row_event=event, row_total=size, **options
    )


def random_pairs(seed: int, pairs: int) -> tuple[list[int], list[list[Stratum]]]:
    """Sparse and crowded strata, from a handful of cases to a national database."""
    rng = np.random.default_rng(seed)
    n, strata = [], []
    for _ in range(pairs):
        rows: list[Stratum] = []
        for _ in range(rng.integers(1, 6)):
            size = int(10 ** rng.uniform(0.5, 4.5))
            share = 10 ** rng.uniform(-2, 0, 2)
            n_p, n_e = (int(min(size, 1 + s * min(size, 60))) for s in share)
            if rng.random() < 0.1:
                n_p = size - int(rng.integers(0, 3))
            rows.append((size, max(n_p, 0), n_e))
        strata.append(rows)
        mean = sum(p * e / size for size, p, e in rows)
        n.append(int(rng.integers(0, 3 + 3 * mean)))
    return n, strata


def test_every_tail_is_that_of_the_enumeration_to_rounding() -> None:
    n, strata = random_pairs(1, 300)
    exact = [float(enumerated(rows, count)) for rows, count in zip(strata, n, strict=True)]
    found = tail(n, strata)
    assert found.exact.all()
    np.testing.assert_allclose(found.p_value, exact, rtol=1e-12)
    assert min(p for p in exact if p > 0) < 1e-8  # far tails are among them


def test_a_screened_pair_keeps_a_bound_and_the_others_are_exact() -> None:
    n, strata = random_pairs(2, 300)
    exact = tail(n, strata).p_value
    found = tail(n, strata, screen=0.05)
    np.testing.assert_array_equal(found.p_value[found.exact], exact[found.exact])
    assert (found.p_value >= exact * (1 - 1e-12)).all()
    assert 30 < found.exact.sum() < 200
    # Nothing that the bound would call significant is left to it.
    assert (found.p_value[~found.exact] > 0.05).all()


def test_one_stratum_is_scipy_s_hypergeometric() -> None:
    size, n_p, n_e = 900_000, [40, 4_000, 300_000], [2_500, 30, 900]
    n = [3, 4, 420]
    found = tail(n, [[(size, p, e)] for p, e in zip(n_p, n_e, strict=True)])
    np.testing.assert_allclose(
        found.p_value, stats.hypergeom.sf(np.array(n) - 1, size, n_p, n_e), rtol=1e-9
    )


def test_no_tail_is_above_1() -> None:
    # Terms of a tail of nearly all add up to 1 and some rounding: whoever takes such a value for a
    # p-value stops.
    rng = np.random.default_rng(1)
    pair = np.repeat(np.arange(200), rng.integers(1, 6, 200))
    total = rng.integers(5, 3000, pair.size)
    product, event = (np.floor(total * rng.random(pair.size)) for _ in range(2))
    most = np.bincount(pair, weights=np.minimum(product, event), minlength=200)
    n = np.floor(most * rng.random(200) * rng.random(200))

    p = sharp_null.stratified_tail(
        n, pair, row_product=product, row_event=event, row_total=total
    ).p_value  # fmt: skip

    assert (p == 1).any()
    assert p.max() <= 1 and p.min() >= 0


@pytest.mark.parametrize("n", [90, 150, 250, 256])
def test_both_ways_to_the_tail_agree(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """State by state, and as a window of a tilted convolution (used for more cases)."""
    rng = np.random.default_rng(n)
    rows = [(10_000, int(rng.integers(1, 400)), int(rng.integers(1, 400))) for _ in range(20)]
    narrow = tail([n], [rows]).p_value
    monkeypatch.setattr(sharp_null.absorption, "MOST_NEEDED", 0)
    np.testing.assert_allclose(tail([n], [rows]).p_value, narrow, rtol=1e-11)


def test_many_cases_are_a_window_of_the_convolution() -> None:
    rows = [(900, 250, 400), (60, 20, 30), (400, 250, 150)]
    for n in (190, 230, 270, 330, 400):
        exact = float(enumerated(rows, n))
        assert tail([n], [rows]).p_value[0] == pytest.approx(exact, rel=1e-11, abs=0)


def test_an_answer_knows_no_order_and_no_neighbours() -> None:
    n, strata = random_pairs(3, 80)
    together = tail(n, strata).p_value
    order = np.random.default_rng(0).permutation(80)
    turned = tail([n[i] for i in order], [strata[i][::-1] for i in order]).p_value
    np.testing.assert_array_equal(turned, together[order])
    for i in (5, 40):
        assert tail([n[i]], [strata[i]]).p_value[0] == together[i]


def test_from_margins_it_is_the_same_and_empty_cells_change_nothing() -> None:
    rng = np.random.default_rng(5)
    totals = rng.integers(50, 400, 12)
    product = rng.integers(0, 20, (6, 12)) * (rng.random((6, 12)) < 0.5)
    event = rng.integers(0, 20, (9, 12)) * (rng.random((9, 12)) < 0.5)
    p_at, e_at = (at.ravel() for at in np.indices((6, 9)))
    n = rng.integers(0, 8, 54)
    found = sharp_null.stratified_tail_from_margins(
        product, event, totals, product_index=p_at, event_index=e_at, n=n
    )
    rows = [
        [(int(t), int(p), int(e)) for t, p, e in zip(totals, product[i], event[j], strict=True)]
        for i, j in zip(p_at, e_at, strict=True)
    ]
    np.testing.assert_array_equal(found.p_value, tail(list(n), rows).p_value)
    screened = sharp_null.stratified_tail_from_margins(
        product, event, totals, product_index=p_at, event_index=e_at, n=n, screen=0.05
    )
    # The bound of the screen rests on E, which is added in another order.
    bound = tail(list(n), rows, screen=0.05)
    np.testing.assert_array_equal(screened.exact, bound.exact)
    np.testing.assert_allclose(screened.p_value, bound.p_value, rtol=1e-13)


def test_the_ends_are_certain() -> None:
    rows = [(20, 5, 4), (30, 6, 3)]
    np.testing.assert_array_equal(tail([0, 8], [rows, rows]).p_value, [1, 0])
    # 18 of 20 have the product, 5 of 20 the event: three or more have both, whatever happens.
    assert tail([3], [[(20, 18, 5)]]).p_value[0] == 1
    assert tail([5], [[(20, 20, 5)]]).p_value[0] == 1
    assert sharp_null.stratified_tail(
        [0, 1], [], row_product=[], row_event=[], row_total=[]
    ).p_value.tolist() == [1, 0]
