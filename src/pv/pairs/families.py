"""The families of pairs and of cells among which chance is reckoned: what is expected in each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pv.counts.counts import Counts, Float, Int
from pv.spec.rule import Rule
from pv.stats import discrete_fdr
from pv.stats.discrete_fdr import Family
from pv.stats.null_tails import Null

Mask = NDArray[np.bool_]

# The families by whether the event is important, each in parts, with the fewest cases that the rule
# asks of a part.
Families = dict[bool, tuple[tuple[Family, int], ...]]
# In the order in which they are listed: whether the event is important.
FAMILIES = {"important": True, "other": False}
# Expectations of so many pairs stay in the processor's cache.
_CELLS_AT_ONCE = 1 << 17


@dataclass(frozen=True, slots=True)
class Expected:
    """The expectations of a family in parts, with the fewest cases that the rule asks of each."""

    parts: tuple[tuple[Family, int], ...]
    null: Null

    def false(self, level: Float) -> Float:
        """V(t): how many would have p <= t without an effect, for levels of any shape."""
        found = np.zeros(np.shape(level))
        for family, n_min in self.parts:
            found += discrete_fdr.expected_false(level, family, n_min=n_min, null=self.null)
        return found

    def q(self, p: Float, counted: Mask | None = None) -> Float:
        """q-values of the candidates (p < 1) of one list of this family, those that count on it."""
        return discrete_fdr.step_up_q(p, self.false, counted=counted)

    def q_of_lists(self, p: Float, lists: Iterable[Mask], counted: Mask) -> list[Float]:
        """q-values [P] of several lists of the same `p` [P]: `lists` say who is on each [P],
        `counted` [P] who counts on every one. V is reckoned once for all of them."""
        level = np.unique(p[p < 1])
        false = self.false(level)
        return [
            discrete_fdr.step_up_q(
                np.where(on, p, 1.0), lambda t: false[np.searchsorted(level, t)], counted=counted
            )
            for on in lists
        ]


def of_pool(counts: Counts, rule: Rule) -> Families:
    """The families of the pool at a look; `counts` have every margin of the products in scope."""
    return {kind: _pool(counts, kind, rule) for kind in FAMILIES.values()}


def _pool(counts: Counts, important: bool, rule: Rule) -> tuple[tuple[Family, int], ...]:
    events = np.flatnonzero((counts.important == important) & counts.event_margin.any(1))
    parts: list[tuple[Family, int]] = []
    for products, n_min in _products(counts, rule):
        found: list[Family] = []
        for some in chunks(products, events.size):
            expected = expectations(counts, some, events)
            counts.leave_out_listed(some, events, expected)
            found.append(Family.of(expected))
        parts.append((_joined(found), n_min))
    return tuple(parts)


def chunks(products: Int, events: int) -> Iterator[Int]:
    """The products in parts whose tables of so many events are small."""
    step = max(1, _CELLS_AT_ONCE // max(events, 1))
    for start in range(0, products.size, step):
        yield products[start : start + step]


def expectations(counts: Counts, products: Int, events: Int) -> Float:
    """E of every product with every event, the periods added in their order: no BLAS, one rounding.

    A period takes part where it has both, so that thousands of them cost little.
    """
    product = _shares(counts)[products]
    return (product @ sparse.csr_array(counts.periods.event[events].T)).toarray()


def expectations_by_country(
    counts: Counts, products: Int, events: Int
) -> Iterator[tuple[int, Int, Int, Float]]:
    """The same of each country, some products at a time: stratum, products, events and E.

    Products and events are those that occur in the country.
    """
    product, event = _shares(counts)[products].tocsc(), counts.periods.event[events].tocsc()
    for k in np.flatnonzero(counts.is_country):
        here = slice(*np.searchsorted(counts.periods.stratum, [k, k + 1]))
        row = np.flatnonzero(counts.product_margin[products, k])
        column = np.flatnonzero(counts.event_margin[events, k])
        of_product = sparse.csr_array(product[:, here])
        of_event = sparse.csr_array(sparse.csr_array(event[:, here])[column].T)
        for some in chunks(row, column.size):
            yield int(k), products[some], events[column], (of_product[some] @ of_event).toarray()


def _shares(counts: Counts) -> sparse.csr_array:
    """n_p / N of each product and period."""
    product = counts.periods.product.copy()
    product.data = product.data / counts.periods.totals[product.indices]
    return product


def of_cells(counts: Counts, important: bool, rule: Rule, null: Null) -> Expected:
    """The family of the country cells, of important events or of the others."""
    events = np.flatnonzero(counts.important == important)
    parts: list[tuple[Family, int]] = []
    for products, n_min in _products(counts, rule):
        found: list[Family] = []
        for _, some, there, expected in expectations_by_country(counts, products, events):
            counts.leave_out_listed(some, there, expected)
            found.append(Family.of(expected.ravel()))
        parts.append((_joined(found), n_min))
    return Expected(tuple(parts), null)


def _products(counts: Counts, rule: Rule) -> Iterator[tuple[Int, int]]:
    """The products in scope with a case, by the fewest cases that the rule asks of them."""
    known = counts.in_scope & counts.product_margin.any(1)
    low = rule.n_min_additional_monitoring or rule.n_min
    for monitored, n_min in ((True, low), (False, rule.n_min)):
        chosen = np.flatnonzero(known & (counts.monitored == monitored))
        if chosen.size:
            yield chosen, n_min


def _joined(families: list[Family]) -> Family:
    return Family.of(
        np.concatenate([np.zeros(0), *(family.expected for family in families)]),
        np.concatenate([np.zeros(0), *(family.count for family in families)]),
    )
