"""The pooled screening statistics against the same sums with every zero written out."""

import numpy as np
import pytest

from pv.stats import _margins, disproportionality, stratified
from pv.stats.stratified_screening import chi2_yates_sparse, mh_rr_sparse


def _random_tables(seed: int, strata: int) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(seed)
    totals = rng.integers(40, 400, strata)
    n_product = rng.integers(0, 12, (3, strata))
    n_event = rng.integers(1, 12, (4, strata))
    p, e = (grid.ravel() for grid in np.meshgrid(np.arange(3), np.arange(4), indexing="ij"))
    a = rng.integers(0, np.minimum(n_product[p], n_event[e]) + 1)
    return totals, n_product, n_event, p, e, a


@pytest.mark.parametrize("strata", [1, 2, 7])
def test_pooled_prr_and_chi2_equal_the_dense_sums(strata: int) -> None:
    totals, n_product, n_event, p, e, a = _random_tables(strata, strata)
    b, c = n_product[p] - a, n_event[e] - a
    d = totals - a - b - c
    pair, stratum = np.nonzero(a)

    found = mh_rr_sparse(
        n_product,
        n_event,
        totals,
        product_index=p,
        event_index=e,
        cell_pair=pair,
        cell_stratum=stratum,
        cell_a=a[pair, stratum],
    )
    np.testing.assert_allclose(found, stratified.mh_rr(a, b, c, d).estimate, rtol=1e-10)

    deviation = np.abs((a - (a + b) * (a + c) / totals).sum(1))
    variance = ((a + b) * (a + c) * (c + d) * (b + d) / totals**3).sum(1)
    found = chi2_yates_sparse(
        n_product, n_event, totals, product_index=p, event_index=e, n=a.sum(1)
    )
    np.testing.assert_allclose(
        found, np.maximum(deviation - 0.5, 0) ** 2 / variance, rtol=1e-10, equal_nan=True
    )


def test_one_stratum_is_the_ordinary_two_by_two_table() -> None:
    a, b, c, d = 41, 14, 754, 591958  # rifabutin and uveitis (Evans 2001)
    margins = ([[a + b]], [[a + c]], [a + b + c + d])
    at = {"product_index": [0], "event_index": [0]}
    cell = {"cell_pair": [0], "cell_stratum": [0], "cell_a": [a]}
    assert mh_rr_sparse(*margins, **at, **cell) == pytest.approx(
        disproportionality.prr(a, b, c, d).estimate, rel=1e-12
    )
    assert chi2_yates_sparse(*margins, **at, n=[a]) == pytest.approx(
        disproportionality.chi2(a, b, c, d, yates=True), rel=1e-12
    )


def test_blocks_of_products_and_events_give_the_bits_that_single_pairs_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(7)
    products, events, strata = 30, 700, 40
    totals = rng.integers(1_000, 3_000, strata)
    n_product = rng.poisson(rng.gamma(0.3, 20, products)[:, None], (products, strata))
    n_event = rng.poisson(rng.gamma(0.1, 20, events)[:, None], (events, strata))
    asked = rng.random((products, events)) < rng.random(events)
    product, event = np.nonzero(asked)
    pairs = _margins.Pairs.of(n_product, n_event, totals, product, event)
    found = {}
    for gathered in (0, _margins._GATHERED, 10**9):
        monkeypatch.setattr(_margins, "_GATHERED", gathered)
        found[gathered] = np.stack([*pairs.screening_sums(), pairs.expected()])

    by_pair, mixed, by_block = found.values()
    assert np.unique(event).size > 2 * _margins._BLOCK
    assert by_pair.tobytes() == mixed.tobytes() == by_block.tobytes()
    m, n, size = n_event[event], n_product[product], totals.astype(float)
    np.testing.assert_allclose(by_pair[0], (n * m / size).sum(1), rtol=1e-12)
    np.testing.assert_allclose(by_pair[1], (n * m * (n + m) / size**2).sum(1), rtol=1e-12)
    np.testing.assert_allclose(
        by_pair[2], (n * m * (size - n) * (size - m) / size**3).sum(1), rtol=1e-12
    )
    assert by_pair[3].tobytes() == by_pair[0].tobytes()
