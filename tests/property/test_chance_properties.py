"""q-values and families, for any counts: order does not matter, and less probable is not worse."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.counts.counts import Counts
from pv.pairs.bayes import Prior
from pv.pairs.chance import Chance
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs, of_cells, pooled
from pv.spec import AnalysisSpec

PRODUCTS, EVENTS, STRATA = 4, 9, 3


@st.composite
def tables(draw) -> Counts:
    """Products and events over three strata, a few cells with cases."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    totals = rng.integers(60, 3_000, STRATA).astype(float)
    product = np.floor(rng.beta(1, 8, (PRODUCTS, STRATA)) * totals)
    event = np.floor(rng.beta(1, 30, (EVENTS, STRATA)) * totals)
    mean = product[:, None] * event[None] / totals * rng.choice([1, 4], (PRODUCTS, EVENTS, 1))
    # No cell of a 2x2 table may be below zero.
    least = np.maximum(0, product[:, None] + event[None] - totals)
    most = np.minimum(product[:, None], event[None])
    a = np.clip(rng.poisson(mean), least, most).astype(np.int64)
    p, e, k = np.nonzero(a)
    return Counts.of_whole_strata(
        product, event, totals, p, e, k, a[p, e, k],
        np.array(["A", "B", None], dtype=object), np.array(["A", "B", None], dtype=object),
        rng.random(PRODUCTS) < 0.3, np.ones(PRODUCTS, dtype=bool), np.ones(EVENTS, dtype=bool),
        rng.random(PRODUCTS) < 0.8, rng.random(EVENTS) < 0.3,
    )  # fmt: skip


def chance_of(counts: Counts) -> tuple[Chance, Pairs]:
    rule = AnalysisSpec.load(rule="ema").rule
    decide = Decision(rule, Prior(None, "not fitted"), counts.monitored)
    pairs = Pairs.of(counts)
    found, cell = pooled(counts, pairs), of_cells(counts)
    flagged = decide(pairs.product, found["n"], found)
    alone = decide(counts.product, cell["a"], cell)
    return Chance.of(
        counts, pairs, decide, flagged, alone, found["expected"], cell["expected"]
    ), pairs


def shuffled(counts: Counts, product: np.ndarray, event: np.ndarray) -> Counts:
    """The same with products and events in another order: `product[i]` is the place of i."""
    order = np.lexsort((counts.stratum, event[counts.event], product[counts.product]))
    of_product, of_event = np.argsort(product), np.argsort(event)
    return replace(
        counts,
        product_margin=counts.product_margin[of_product],
        event_margin=counts.event_margin[of_event],
        product=product[counts.product][order],
        event=event[counts.event][order],
        stratum=counts.stratum[order],
        a=counts.a[order],
        monitored=counts.monitored[of_product],
        in_scope=counts.in_scope[of_product],
        important=counts.important[of_event],
    ).without_periods()


@given(tables(), st.permutations(range(PRODUCTS)), st.permutations(range(EVENTS)))
@settings(max_examples=60, deadline=None)
def test_no_bit_depends_on_the_order_of_products_and_events(counts, product, event) -> None:
    product, event = np.array(product), np.array(event)
    made, pairs = chance_of(counts)
    again, moved = chance_of(shuffled(counts, product, event))
    order = np.lexsort((event[pairs.event], product[pairs.product]))
    assert moved.product.tolist() == product[pairs.product][order].tolist()
    clear = np.zeros(made.p.size, dtype=bool)
    lists, others = made.lists(clear, ~clear), again.lists(clear, ~clear)
    assert again.p.tolist() == made.p[order].tolist()
    assert again.p_country.tolist() == made.p_country[order].tolist()
    assert others.pooled_only.q.tolist() == lists.pooled_only.q[order].tolist()
    assert others.country.q.tolist() == lists.country.q[order].tolist()
    assert others.pooled_only.limit == lists.pooled_only.limit


@given(tables(), st.lists(st.floats(1e-12, 1), min_size=PRODUCTS * EVENTS))
@settings(max_examples=60, deadline=None)
def test_within_a_family_q_rises_with_p_and_the_confirmed_are_those_up_to_the_limit(
    counts, p
) -> None:
    made, _ = chance_of(counts)
    made = replace(made, p=np.array(p[: made.p.size]))
    clear = np.zeros(made.p.size, dtype=bool)
    listed = made.lists(clear, ~clear).pooled_only
    for kind in (True, False):
        own = np.flatnonzero(made.family(kind))
        order = own[np.argsort(made.p[own], kind="stable")]
        assert (np.diff(listed.q[order]) >= 0).all()
        assert ((listed.q[own] >= 0) & (listed.q[own] <= 1)).all()
        within = made.p[own] <= listed.limit[kind]
        assert within.tolist() == listed.confirmed[own].tolist()
