"""Headlines: one line for one signal, whatever pairs it shows in (METHODS part 7).

A case tells several events, an event is in groups, and products share a platform: one harm flags
many pairs. Nodes are the flagged pairs in scope. In the order of their p-values each is folded
under an earlier one where the two are related and it says little beyond it; what is left are the
headlines.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from pv.counts.counts import Counts, Float, Int
from pv.pairs import families
from pv.pairs.chance import Chance
from pv.pairs.pooling import Pairs
from pv.warehouse.relations import put, run, take

Mask = NDArray[np.bool_]

# Fewer cases than this, or a p-value above that, are not worth a line of their own.
_FEW, _WEAK = 3, 0.01
NONE = -1


@dataclass(frozen=True, slots=True)
class Headlines:
    """Of P pairs: `of` [P] is the position of the headline a pair stands under, its own where it is
    one, `NONE` where it is no node.

    Of a folded pair `n_rest` [P] are the cases that the headline does not explain and `p_rest` [P]
    how often chance would bring as many; nan for the others.
    """

    of: Int
    n_rest: Float
    p_rest: Float

    @property
    def is_headline(self) -> Mask:
        """Which pairs [P] are headlines."""
        return self.of == np.arange(self.of.size)


@dataclass(frozen=True, slots=True)
class _Rest:
    """What node `node` [R] has beyond node `under` [R]: cases `n` and their p-value `p`."""

    node: Int
    under: Int
    n: Float
    p: Float

    @property
    def little(self) -> Mask:
        """Where it is not worth a line."""
        return (self.n < _FEW) | (self.p > _WEAK)


def fold(  # noqa: PLR0913, PLR0917
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, chance: Chance, flagged: Mask,
    clear: Mask,
) -> Headlines:  # fmt: skip
    """Fold the pairs [P] that are `flagged` in the pool or a country and in scope.

    The best come first: those `clear` [P] of other doubts, by p-value, terms before groups.
    Brands of a platform are folded under the best of them where the whole platform stands out more
    than any of them alone and its rate explains theirs.
    """
    best = np.minimum(chance.p, chance.p_country)
    nodes = np.flatnonzero(flagged & chance.scope)
    group = ~counts.single_event[pairs.event[nodes]]
    nodes = nodes[np.lexsort((nodes, group, best[nodes], ~clear[nodes]))]
    result = Headlines(
        np.full(best.size, NONE), np.full(best.size, np.nan), np.full(best.size, np.nan)
    )
    if not nodes.size:
        return result
    product, event = pairs.product[nodes], pairs.event[nodes]
    number = np.arange(nodes.size)
    put(con, "work.node", {"node_no": number, "product_no": product, "event_no": event})
    run(con, "pairs/headlines")
    rest = _beyond(con, counts, product, event, chance)
    platform = _of_platform(con, counts, pairs, nodes, best, chance)
    under, n_rest, p_rest = _folded(nodes.size, rest, platform)
    result.of[nodes] = nodes[under]
    result.n_rest[nodes], result.p_rest[nodes] = n_rest, p_rest
    return result


def fill(con: duckdb.DuckDBPyConnection, pairs: Pairs, found: Headlines) -> None:
    """Make work.headline of the nodes."""
    at = np.flatnonzero(found.of != NONE)
    under = found.of[at]
    put(
        con,
        "work.headline",
        {
            "product_no": pairs.product[at],
            "event_no": pairs.event[at],
            "headline": under == at,
            "headline_product_no": pairs.product[under],
            "headline_event_no": pairs.event[under],
            "n_rest": found.n_rest[at],
            "p_rest": found.p_rest[at],
        },
    )


def _folded(size: int, rest: _Rest, platform: _Rest) -> tuple[Int, Float, Float]:
    """Under which node each of them stands in the end, and what it has beyond.

    A node that its platform has folded hands on what would stand under it.
    """
    under = np.arange(size)
    n_rest, p_rest = np.full(size, np.nan), np.full(size, np.nan)
    under[platform.node], n_rest[platform.node], p_rest[platform.node] = (
        platform.under, platform.n, platform.p,
    )  # fmt: skip
    handed_on = under != np.arange(size)
    little = rest.little & (rest.under < rest.node)
    order = np.lexsort((rest.under[little], rest.node[little]))
    node, above = rest.node[little][order], rest.under[little][order]
    n, p = rest.n[little][order], rest.p[little][order]
    for i in range(node.size):
        j, h = node[i], above[i]
        if under[j] == j and (under[h] == h or handed_on[h]):
            under[j], n_rest[j], p_rest[j] = h, n[i], p[i]
    while (under != under[under]).any():
        under = under[under]
    return under, n_rest, p_rest


def _beyond(
    con: duckdb.DuckDBPyConnection, counts: Counts, product: Int, event: Int, chance: Chance
) -> _Rest:
    """What each node has beyond each related one of the same product: that one's cases left out.

    Related are parent and child, and nodes that share half of the smaller one's cases: unless the
    other is so frequent with the product that any event would share as many, and enough is left.
    """
    shared = take(con, "work.shared_case")
    size, strata = product.size, counts.totals.size
    own = np.zeros((size, strata))
    width = counts.event_margin.shape[0]
    key = product * width + event
    order = np.argsort(key)
    cell = counts.product * width + counts.event
    place = np.searchsorted(key[order], cell).clip(max=size - 1)
    here = key[order][place] == cell
    own[order[place[here]], counts.stratum[here]] = counts.a[here]
    n = own.sum(1)

    both = shared["node_no"] * size + shared["other_node_no"]
    kin = take(con, "work.node_kin")
    related = np.unique(both)
    node, under = related // size, related % size
    row = np.searchsorted(related, both)
    joint = np.bincount(row, weights=shared["n_shared"], minlength=related.size)
    near = 2 * joint >= np.minimum(n[node], n[under])
    frequency = n[under] / counts.product_margin[product[node]].sum(1)
    by_chance_as_many = stats.binom.sf(joint - 1, n[node], np.minimum(frequency, 1.0)) > _WEAK
    near &= (n[node] - joint < _FEW) | ~by_chance_as_many
    near |= np.isin(related, kin["node_no"] * size + kin["other_node_no"])
    node, under, joint = node[near], under[near], joint[near]
    table = np.zeros((node.size, strata))
    kept = near[row]
    table[(np.cumsum(near) - 1)[row[kept]], shared["stratum_no"][kept]] = shared["n_shared"][kept]
    # The cases of the other node leave all four cells.
    left = own[under]
    margins = counts.product_margin[product[node]] - left, counts.event_margin[event[node]] - table
    total = counts.totals - left
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(total > 0, margins[0] * margins[1] / total, 0.0).sum(1)
    return _Rest(node, under, n[node] - joint, _tail(chance, n[node] - joint, expected))


def _tail(chance: Chance, n: ArrayLike, expected: ArrayLike) -> Float:
    return np.asarray(chance.null.tail(n, np.maximum(expected, 0.0)), dtype=np.float64)


def _of_platform(  # noqa: PLR0913, PLR0917
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, nodes: Int, best: Float,
    chance: Chance,
) -> _Rest:  # fmt: skip
    """Brands under the best of their platform with the same event, where the platform's rate
    explains how many cases each has."""
    known = take(con, "work.platform")
    platform_of = np.full(counts.product_margin.shape[0], NONE)
    names, platform_of[known["product_no"]] = np.unique(known["platform"], return_inverse=True)
    platform, event = platform_of[pairs.product[nodes]], pairs.event[nodes]
    several = np.flatnonzero(platform != NONE)
    width = counts.event_margin.shape[0]
    _, place, brands = np.unique(
        platform[several] * width + event[several], return_inverse=True, return_counts=True
    )
    several, place = several[brands[place] > 1], place[brands[place] > 1]
    empty = np.zeros(0, dtype=np.int64)
    found: list[tuple[Int, Int, Float, Float]] = [(empty, empty, np.zeros(0), np.zeros(0))]
    cell_n = np.bincount(pairs.of_cell, weights=counts.a, minlength=pairs.product.size)
    n = cell_n.astype(np.float64, copy=False)
    case = take(con, "work.platform_case")
    key = np.searchsorted(names, case["platform"]) * width + case["event_no"]
    n_of = dict(zip(key.tolist(), case["n"].tolist(), strict=True))
    for one in np.unique(place):
        member = several[place == one]
        own = platform[member[0]]
        products = np.flatnonzero((platform_of == own) & counts.in_scope)
        expected = families.expectations(counts, products, event[member[:1]])[:, 0]
        n_class, e_class = float(n_of[int(own * width + event[member[0]])]), expected.sum()
        if not _tail(chance, n_class, e_class) <= best[nodes[member]].min():
            continue
        cases = n[nodes[member]]
        share = expected[np.searchsorted(products, pairs.product[nodes[member]])] / e_class
        p = np.asarray(stats.binom.sf(cases - 1, n_class, share), dtype=np.float64)
        under = member[p > _WEAK]
        if under.size > 1:
            below = under[1:]
            found.append((below, np.full(below.size, under[0]), cases[p > _WEAK][1:],
                          p[p > _WEAK][1:]))  # fmt: skip
    return _Rest(*(np.concatenate(column) for column in zip(*found, strict=True)))
