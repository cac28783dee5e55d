"""The complete null: with every link broken a confirmed list is seldom anything but empty.

Products and events are drawn together, so that there is something to break. The draws are those of
the night's permutation null, with a fixed seed.
"""

import numpy as np
import pytest
from scipy import sparse

from pv.counts.counts import Counts
from pv.pairs import conditions, list_error, permutation_null, pooling
from pv.pairs.bayes import Prior
from pv.pairs.chance import Chance
from pv.pairs.decision import Decision
from pv.pairs.permutation_null import Links
from pv.pairs.pooling import Pairs
from pv.spec import AnalysisSpec

CASES, STRATA, PRODUCTS, EVENTS, IMPORTANT = 6_000, 8, 6, 150, 25
DRAWS = 200


def world(seed: int) -> tuple[Counts, Links]:
    """Cases of eight countries; half of the events belong to a product more than to others."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, STRATA + 1)
    stratum = np.sort(rng.choice(STRATA, CASES, p=share / share.sum()))
    product = rng.integers(0, PRODUCTS, CASES)
    treated = np.flatnonzero(rng.random(CASES) < 0.2)
    rate = rng.lognormal(-5, 1, EVENTS) * rng.lognormal(0, 0.5, (STRATA, EVENTS))
    own = np.arange(EVENTS) % (2 * PRODUCTS)
    has_product = np.isin(np.arange(CASES), treated)
    more = np.where((product[:, None] == own) & has_product[:, None], 4.0, 1.0)
    events = sparse.csr_array((rng.random((CASES, EVENTS)) < rate[stratum] * more).astype(np.int32))
    ones = np.ones(treated.size, dtype=np.int32)
    row = np.arange(treated.size)
    products = sparse.csr_array((ones, (row, product[treated])), shape=(treated.size, PRODUCTS))
    placed = np.eye(STRATA)[stratum]
    margins = products.T @ placed[treated], events.T @ placed
    nothing = np.zeros(0, dtype=np.int64)
    name = np.array([chr(ord("A") + k) for k in range(STRATA)], dtype=object)
    known = np.ones(PRODUCTS, dtype=bool)
    counts = Counts.of_whole_strata(
        *margins, placed.sum(0), nothing, nothing, nothing, nothing, name, name, ~known, known,
        np.ones(EVENTS, dtype=bool), known, np.arange(EVENTS) < IMPORTANT,
    )  # fmt: skip
    return counts, Links(stratum, treated, products, events)


@pytest.fixture(scope="module")
def drawn() -> list[dict[str, dict[bool, int]]]:
    """Of each draw the pairs on each list, by its own thresholds."""
    counts, links = world(1)
    decide = Decision(AnalysisSpec.load().rule, Prior(None, "not fitted"), counts.monitored)
    return [
        listed(one, decide) for one in permutation_null.broken_links(counts, links, DRAWS, seed=1)
    ]


def listed(counts: Counts, decide: Decision) -> dict[str, dict[bool, int]]:
    pairs = Pairs.of(counts)
    pooled, cell = pooling.pooled(counts, pairs), pooling.of_cells(counts)
    flagged = decide(pairs.product, pooled["n"], pooled)
    alone = decide(counts.product, cell["a"], cell)
    clear = flagged & conditions.direction(
        flagged, flagged, ~flagged, pooling.crude(counts, pairs)["ic"]
    )
    clear &= conditions.spread(counts, pairs, counts.a, decide.rule).holds
    chance = Chance.of(counts, pairs, decide, flagged, alone, pooled["expected"], cell["expected"])
    lists = chance.lists(~clear, ~conditions.by_country(counts, pairs, alone))
    limits = list_error.limits_of(lists, {True: 0.0, False: 0.0})
    return list_error.listed(permutation_null.Drawn.of(counts, decide), decide, chance.null, limits)


def not_empty(drawn, name: str, *, important: bool) -> float:
    return float(np.mean([one[name][important] > 0 for one in drawn]))


def test_the_list_of_the_pool_is_seldom_more_than_empty(drawn) -> None:
    """A q of .10 and .20, with room for what 200 draws vary by."""
    assert not_empty(drawn, "pooled_only", important=False) <= 0.15
    assert not_empty(drawn, "pooled_only", important=True) <= 0.25


def test_the_list_of_the_countries_likewise(drawn) -> None:
    """A pair of it is confirmed by its cell or by the pool: two chances."""
    assert not_empty(drawn, "country_signal", important=False) <= 2 * 0.15
    assert not_empty(drawn, "country_signal", important=True) <= 2 * 0.25


def test_there_was_something_to_keep_out(drawn) -> None:
    """Without confirmation nearly every draw would have shown something."""
    flagged = [sum(sum(kinds.values()) for kinds in one.values()) for one in drawn]
    assert np.mean(np.array(flagged) > 0) > 0.95
