"""Chance on arrays: p-values, families and q-values against counting by hand."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from pv.counts.counts import Counts
from pv.pairs import chance, families
from pv.pairs.bayes import Prior
from pv.pairs.chance import Chance
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs, of_cells, pooled
from pv.spec import AnalysisSpec
from pv.stats.gps import GpsPrior
from pv.stats.gps_fit import GpsCertificate, GpsFit
from pv.stats.null_tails import SHARP, Null

NONE = Prior(None, "not fitted")
PRIOR = GpsPrior(2.0, 0.4, 6.0, 5.0, 0.1)
STRATA = 5
PRODUCTS, EVENTS = 7, 40


def counts_of(seed: int) -> Counts:
    """Products and events that are unrelated; the last stratum is no country, the last product is
    out of scope, and product 0 is additionally monitored."""
    rng = np.random.default_rng(seed)
    totals = rng.integers(400, 3_000, STRATA)
    product = rng.random((PRODUCTS, 1)) * rng.random((1, STRATA)) * 0.3
    event = rng.lognormal(-4, 1, (EVENTS, 1)) * np.ones((1, STRATA))
    cells = []
    product_margin, event_margin = np.zeros((PRODUCTS, STRATA)), np.zeros((EVENTS, STRATA))
    for k, total in enumerate(totals):
        has_product = rng.random((total, PRODUCTS)) < product[:, k]
        has_event = rng.random((total, EVENTS)) < event[:, k]
        product_margin[:, k], event_margin[:, k] = has_product.sum(0), has_event.sum(0)
        joint = has_product.T.astype(int) @ has_event.astype(int)
        cells += [(p, e, k, joint[p, e]) for p, e in np.argwhere(joint)]
    p, e, k, a = np.array(sorted(cells)).T
    known = np.arange(PRODUCTS)
    return Counts.of_whole_strata(
        product_margin, event_margin, totals.astype(float), p, e, k, a,
        np.array([*"ABCD", None], dtype=object), np.array([*"ABCD", None], dtype=object),
        known == 0, known < PRODUCTS, np.ones(EVENTS, dtype=bool), known < PRODUCTS - 1,
        np.arange(EVENTS) < 8,
    )  # fmt: skip


def decision(prior: Prior = NONE, **changed: object) -> Decision:
    rule = AnalysisSpec.load().rule.model_copy(update=changed)
    return Decision(rule, prior, counts_of(1).monitored)


def chance_of(counts: Counts, decide: Decision) -> tuple[Chance, Pairs, np.ndarray, np.ndarray]:
    """With where the rule holds in the pool [P] and in the cells [C]."""
    pairs = Pairs.of(counts)
    found, cell = pooled(counts, pairs), of_cells(counts)
    flagged = decide(pairs.product, found["n"], found)
    alone = decide(counts.product, cell["a"], cell)
    made = Chance.of(counts, pairs, decide, flagged, alone, found["expected"], cell["expected"])
    return made, pairs, flagged, alone


def fitted(prior: GpsPrior) -> Prior:
    return Prior(GpsFit(prior, "full", 1.0, "none", GpsCertificate(0, 1, 1, 1, 1, 100)), None)


def every_pair(counts: Counts, important: bool, monitored: bool) -> list[float]:
    """The expectations of a family, pair by pair."""
    return [
        e
        for p in np.flatnonzero(counts.in_scope & (counts.monitored == monitored))
        for s in np.flatnonzero(counts.important == important)
        if (e := sum(counts.product_margin[p] * counts.event_margin[s] / counts.totals)) > 0
    ]


def v_by_hand(expected: list[float], t: float, n_min: int, tail) -> float:
    """The sum over pairs of the largest level at most t that n_min cases or more attain."""
    levels = []
    for e in expected:
        n = n_min
        while tail(n, e) > t:
            n += 1
        levels.append(tail(n, e))
    return sum(levels)


def poisson(n: int, e: float) -> float:
    return float(stats.poisson.sf(n - 1, e))


def negative_binomial(n: int, e: float) -> float:
    """Of the heavier component, Gamma(6, rate 5): its mean is 1.2."""
    return float(stats.nbinom.sf(n - 1, 6, 5 / (5 + e)))


@pytest.mark.parametrize(("prior", "tail"), [(None, poisson), (PRIOR, negative_binomial)])
@pytest.mark.parametrize("important", [True, False])
def test_v_is_the_sum_of_attained_levels_over_every_pair(prior, tail, important: bool) -> None:
    """Exact but for the bins, whose expectations differ by at most 1%."""
    counts = counts_of(1)
    decide = decision(fitted(prior) if prior else NONE, n_min=4, n_min_additional_monitoring=2)
    made, *_ = chance_of(counts, decide)
    parts = [every_pair(counts, important, monitored) for monitored in (True, False)]
    assert sum(made.pool[important].parts[i][0].size for i in range(2)) == sum(map(len, parts))
    for t in (1e-4, 1e-3, 1e-2, 0.05):
        by_hand = sum(
            v_by_hand(part, t, n_min, tail) for part, n_min in zip(parts, (2, 4), strict=True)
        )
        found = float(made.pool[important].false(np.array(t)))
        assert found == pytest.approx(by_hand, rel=0.15), t


def test_cells_are_those_of_every_pair_and_country() -> None:
    counts = counts_of(2)
    made, *_ = chance_of(counts, decision())
    for important in (True, False):
        expected = [
            counts.product_margin[p, k] * counts.event_margin[s, k] / counts.totals[k]
            for p in np.flatnonzero(counts.in_scope)
            for s in np.flatnonzero(counts.important == important)
            for k in np.flatnonzero(counts.is_country)
        ]
        cells = [family for family, _ in made.cells[important].parts]
        assert sum(family.size for family in cells) == np.count_nonzero(expected)
        total = sum(float((family.expected * family.count).sum()) for family in cells)
        assert sum(expected) <= total <= 1.011 * sum(expected)


@pytest.mark.parametrize("seed", [2, 3, 7])
def test_the_sharp_p_value_is_a_convolution_and_1_where_the_rule_does_not_hold(seed: int) -> None:
    counts = counts_of(seed)
    made, pairs, flagged, _ = chance_of(counts, decision(null="sharp"))
    n = np.bincount(pairs.of_cell, weights=counts.a)
    asked = np.flatnonzero(flagged & counts.in_scope[pairs.product])
    assert asked.size > 0
    for i in asked:
        pmf = np.ones(1)
        for k in range(STRATA):
            n_product = int(counts.product_margin[pairs.product[i], k])
            n_event = int(counts.event_margin[pairs.event[i], k])
            law = stats.hypergeom(int(counts.totals[k]), n_product, n_event)
            pmf = np.convolve(pmf, law.pmf(np.arange(min(n_product, n_event) + 1)))
        assert made.p[i] == pytest.approx(pmf[int(n[i]) :].sum(), rel=1e-8)
    rest = np.ones(n.size, dtype=bool)
    rest[asked] = False
    assert set(made.p[rest]) == {1.0}


@pytest.mark.parametrize("null", [SHARP, Null(6.0, 1.2)])
def test_the_p_value_of_countries_is_that_of_the_best_cell(null: Null) -> None:
    counts = counts_of(4)
    pairs = Pairs.of(counts)
    held = np.ones(counts.a.size, dtype=bool)
    found = chance.p_country(counts, pairs, held, of_cells(counts)["expected"], null)
    for i in range(0, pairs.product.size, 9):
        tails = []
        for c in np.flatnonzero((pairs.of_cell == i) & counts.is_country[counts.stratum]):
            k, a = counts.stratum[c], counts.a[c]
            n_product = counts.product_margin[pairs.product[i], k]
            n_event = counts.event_margin[pairs.event[i], k]
            e = n_product * n_event / counts.totals[k]
            if null.kind == "empirical":
                tails.append(negative_binomial(a, e))
            elif a < e + 1:
                tails.append(1.0)
            elif poisson(a, e) > 0.05:
                tails.append(poisson(a, e))
            else:
                tails.append(stats.hypergeom.sf(a - 1, counts.totals[k], n_product, n_event))
        assert found[i] == pytest.approx(min(tails, default=1.0), rel=1e-8)


def test_the_null_follows_the_rule_and_the_prior() -> None:
    rule = AnalysisSpec.load().rule
    sharp = rule.model_copy(update={"null": "sharp"})
    assert chance.null_of(fitted(PRIOR), rule) == Null(6.0, 1.2)
    assert chance.null_of(fitted(PRIOR), sharp) == SHARP
    assert chance.null_of(NONE, rule) == SHARP


def test_products_out_of_scope_have_no_p_value_and_are_in_no_family() -> None:
    counts = counts_of(5)
    made, pairs, *_ = chance_of(counts, decision())
    out = pairs.product == PRODUCTS - 1
    assert set(made.p[out]) == set(made.p_country[out]) == {1.0}
    assert np.isnan(made.expected_false()[out]).all()
    fewer, *_ = chance_of(replace(counts, in_scope=counts.in_scope & False), decision())
    assert not fewer.scope.any()
    assert float(fewer.pool[True].false(np.array(0.01))) == 0


def test_a_list_is_asked_inside_itself() -> None:
    """The q-value of a pair depends on the pairs of its own list and family alone."""
    counts = counts_of(1)
    made, *_ = chance_of(counts, decision())
    p = made.p.copy()
    some = np.flatnonzero(made.family(important=False))[:6]
    p[some] = [1e-6, 1e-5, 1e-4, 1e-4, 1e-3, 0.01]
    made = replace(made, p=p)
    doubted = np.ones(p.size, dtype=bool)
    doubted[some] = False
    no_country = np.ones(p.size, dtype=bool)
    lists = made.lists(doubted, no_country)
    v = made.pool[False].false
    ratios = v(np.array([1e-6, 1e-5, 1e-4, 1e-3, 0.01])) / np.array([1, 2, 4, 5, 6])
    smallest = np.minimum.accumulate(ratios[::-1])[::-1]
    by_hand = np.minimum(smallest, 1)[[0, 1, 2, 2, 3, 4]]
    assert lists.pooled_only.q[some] == pytest.approx(by_hand)
    # Without the one that a country flags, fewer stand against as many false ones.
    no_country[some[0]] = False
    apart = made.lists(doubted, no_country)
    assert (apart.pooled_only.q[some[1:]] >= lists.pooled_only.q[some[1:]]).all()
    assert apart.pool.q.tolist() == lists.pooled_only.q.tolist()
    assert apart.pooled_only.q[some[0]] == 1


def test_a_pair_that_a_country_flags_is_confirmed_by_its_cell_or_by_the_pool() -> None:
    counts = counts_of(1)
    made, *_ = chance_of(counts, decision())
    size = made.p.size
    a, b, c = np.flatnonzero(made.family(important=False))[:3]
    p, p_country = np.ones(size), np.ones(size)
    p_country[[a, c]] = 1e-12, 0.02
    p[[b, c]] = 1e-12, 0.02
    made = replace(made, p=p, p_country=p_country)
    lists = made.lists(np.zeros(size, dtype=bool), np.zeros(size, dtype=bool))
    assert lists.confirmed[[a, b, c]].tolist() == [True, True, False]
    assert lists.country.limit[False] == lists.pool.limit[False] == 1e-12
    assert lists.pooled_only.limit == {True: 0.0, False: 0.0}


def test_expectations_do_not_depend_on_what_else_there_is() -> None:
    """A replay has products and events that are not known yet at the look: bits stay the same."""
    counts = counts_of(6)
    whole = families.expectations(counts, np.arange(PRODUCTS), np.arange(EVENTS))
    part = families.expectations(counts, np.array([2, 5]), np.array([1, 30, 31]))
    assert part.tolist() == whole[np.ix_([2, 5], [1, 30, 31])].tolist()
    by_hand = counts.product_margin @ (counts.event_margin / counts.totals).T
    assert whole == pytest.approx(by_hand)
