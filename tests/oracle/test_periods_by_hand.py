"""Counts parted by receipt against sums that are written out, on random small tables."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import sparse
from scipy.special import gammaincinv

from pv.counts.counts import Counts, Periods
from pv.pairs import critical, families, pooling
from pv.pairs.bayes import Prior
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs, Tables
from pv.spec import AnalysisSpec
from pv.stats import stratified
from pv.stats.information import ic

P, S = 4, 5
# Strata A and B have several periods, C one; D is no country.
STRATUM = np.array([0, 0, 0, 1, 1, 2, 3, 3])
T = STRATUM.size
COUNTRY = np.array(["A", "B", "C", None], dtype=object)
CHECKS = Path(__file__).parents[1] / "data" / "checks_verdict.csv"


def world(seed: int) -> tuple[Counts, np.ndarray]:
    """Counts, and the 2x2 tables [4, P, S, T] that they are of."""
    rng = np.random.default_rng(seed)
    totals = rng.integers(20, 90, T)
    product, event = np.zeros((P, T)), np.zeros((S, T))
    a = np.zeros((P, S, T), dtype=np.int64)
    for t, total in enumerate(totals):
        has_product = rng.random((total, P)) < rng.random(P) * 0.4 * (rng.random(P) < 0.7)
        has_event = rng.random((total, S)) < rng.random(S) * 0.4 * (rng.random(S) < 0.7)
        product[:, t], event[:, t] = has_product.sum(0), has_event.sum(0)
        a[:, :, t] = has_product.T.astype(int) @ has_event.astype(int)
    p, e, t = np.nonzero(a)
    nothing = np.zeros(0, dtype=np.int64)
    known = np.ones(P, dtype=bool)
    empty = Counts.of_whole_strata(
        np.zeros((P, 4)), np.zeros((S, 4)), np.zeros(4), nothing, nothing, nothing, nothing,
        COUNTRY, np.array(["Europe"] * 3 + [None], dtype=object), ~known, known,
        np.ones(S, dtype=bool), known, np.arange(S) < 2,
    )  # fmt: skip
    parts = Periods(
        np.arange(T), sparse.csr_array(product), sparse.csr_array(event), totals.astype(float),
        STRATUM, nothing, t, a[p, e, t],
    )  # fmt: skip
    b, c = product[:, None] - a, event[None] - a
    return empty.parted(parts, p, e), np.stack([a, b, c, totals - a - b - c]).astype(float)


def same(found: dict, tables: np.ndarray, at: int) -> None:
    """Statistics at a position are those of the tables [4, strata], pooled."""
    a, b, c, d = tables
    total = tables.sum(0)
    expected = ((a + b) * (a + c) / total).sum()
    odds, risk = stratified.mh_or(a, b, c, d), stratified.mh_rr(a, b, c, d)
    variance = ((a + b) * (a + c) * (c + d) * (b + d) / total**3).sum()
    assert found["expected"][at] == pytest.approx(expected)
    assert found["ic025"][at] == pytest.approx(float(ic(a.sum(), expected).lower))
    for name, value in (("ror", odds.estimate), ("ror025", odds.lower), ("prr", risk.estimate)):
        assert found[name][at] == pytest.approx(float(value), nan_ok=True), name
    if variance > 0:
        yates = max(abs(a.sum() - expected) - 0.5, 0) ** 2 / variance
        assert found["chi2_yates"][at] == pytest.approx(yates)


@pytest.mark.parametrize("seed", range(12))
def test_margins_cells_and_statistics_of_pool_countries_and_subsets(seed: int) -> None:
    counts, tables = world(seed)
    pairs = Pairs.of(counts)
    by_stratum = np.stack([tables[..., k == STRATUM].sum(-1) for k in range(4)], axis=-1)
    assert counts.totals.tolist() == by_stratum.sum(0)[0, 0].tolist()
    assert counts.product_margin.tolist() == (by_stratum[0] + by_stratum[1])[:, 0].tolist()
    assert counts.event_margin.tolist() == (by_stratum[0] + by_stratum[2])[0].tolist()

    pooled = pooling.pooled(counts, pairs)
    alone = pooling.expected_by_stratum(counts, pairs)
    for i, (p, e) in enumerate(zip(pairs.product, pairs.event, strict=True)):
        same(pooled, tables[:, p, e], i)
        a, b, c, _ = by_stratum[:, p, e]
        assert alone[i] == pytest.approx(((a + b) * (a + c) / counts.totals).sum())

    cell = pooling.of_cells(counts)
    for i, (p, e, k) in enumerate(zip(counts.product, counts.event, counts.stratum, strict=True)):
        a, b, c, d = by_stratum[:, p, e, k]
        assert (cell["a"][i], cell["b"][i], cell["c"][i], cell["d"][i]) == (a, b, c, d)
        if k != 2:
            same(cell, tables[:, p, e, k == STRATUM], i)

    part = counts.of_strata(np.array([0, 3]))
    some = Pairs.of(part)
    found = pooling.pooled(part, some)
    for i, (p, e) in enumerate(zip(some.product, some.event, strict=True)):
        same(found, tables[:, p, e][:, np.isin(STRATUM, [0, 3])], i)

    written = Tables.of(counts, pairs, np.arange(pairs.product.size))
    known = pooling.statistics(written.sums(written.stratum != 3))
    each = written.by_stratum(written.expected, 4)
    for i, (p, e) in enumerate(zip(pairs.product, pairs.event, strict=True)):
        if each[i, :3].any():
            same(known, tables[:, p, e][:, STRATUM != 3], i)
        a, b, c, _ = tables[:, p, e]
        of_period = (a + b) * (a + c) / tables[:, p, e].sum(0)
        by_hand = np.bincount(STRATUM, weights=of_period, minlength=4)
        np.testing.assert_allclose(each[i], by_hand, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_expectations_of_pairs_without_a_case_too(seed: int) -> None:
    counts, tables = world(seed)
    of_period = (tables[0] + tables[1]) * (tables[0] + tables[2]) / tables.sum(0)
    products, events = np.array([0, 2, 3]), np.array([1, 4])
    found = families.expectations(counts, products, events)
    np.testing.assert_allclose(found, of_period.sum(-1)[np.ix_(products, events)], atol=1e-12)

    seen = np.zeros((4, P, S))
    for k, some, there, expected in families.expectations_by_country(counts, products, events):
        seen[k][np.ix_(some, there)] = expected
    for k in range(3):
        mine = of_period[..., k == STRATUM].sum(-1)[np.ix_(products, events)]
        np.testing.assert_allclose(seen[k][np.ix_(products, events)], mine, atol=1e-12)
    assert not seen[3].any()


def test_a_critical_count_is_the_first_at_which_the_rule_holds() -> None:
    """Over the periods of a country, the cases spread as expected."""
    counts, tables = world(3)
    decide = Decision(AnalysisSpec.load().rule, Prior(None, "none"), counts.monitored)
    p, e = np.argwhere(tables[0, :, :, :3].sum(-1) > 0)[0]
    n_product, n_event = (tables[0] + tables[1])[p, e, :3], (tables[0] + tables[2])[p, e, :3]
    both = (n_product > 0) & (n_event > 0)
    margins = n_product[both], n_event[both], tables[:, p, e, :3].sum(0)[both]
    code = np.zeros(int(both.sum()), dtype=np.int64)
    [needed] = critical.of_strata(code[:1], code, *margins, decide)
    share = margins[0] * margins[1] / margins[2]
    for n in range(1, int(needed) + 1):
        a = n * share / share.sum()
        row, column = np.maximum(margins[0], a), np.maximum(margins[1], a)
        rest = np.maximum(margins[2] - row - column + a, 0)
        expected = (row * column / (row + column - a + rest)).sum()
        lower = stratified.mh_or(a, row - a, column - a, rest).lower
        if np.isnan(lower):  # the exact lower limit of n/expected stands in
            lower = gammaincinv(n, 0.025) / expected
        holds = n >= 3 and ic(n, expected).lower > 0 and lower > 1
        assert holds == (n == needed)


def test_expected_by_period_and_by_country_as_published() -> None:
    """W08 of the checks of verdicts."""
    [row] = pl.read_csv(CHECKS).filter(pl.col("id") == "W08_time_stratified_E").to_dicts()
    totals, product, event = np.array(json.loads(row["inputs"])["periods_N_nproduct_nevent"]).T
    expected = json.loads(row["expected"])
    at = {"product_index": [0], "event_index": [0]}
    by_period = stratified.expected_from_margins(product[None], event[None], totals, **at)
    collapsed = [margin.sum(keepdims=True) for margin in (product, event, totals)]
    alone = stratified.expected_from_margins(
        collapsed[0][None], collapsed[1][None], collapsed[2], **at
    )
    assert by_period[0] == pytest.approx(expected["E_stratified"], abs=1e-12)
    assert alone[0] == pytest.approx(expected["E_collapsed"], abs=1e-12)
    assert float(ic(8, by_period[0]).estimate) == pytest.approx(expected["ic_if_n_is_8_stratified"])
    assert float(ic(8, alone[0]).estimate) == pytest.approx(expected["ic_if_n_is_8_collapsed"])
