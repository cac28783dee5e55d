"""Chance: how many pairs without effect would look like those of a list (METHODS part 5.1).

A family holds every pair of a product in scope and an event with a case expected, also those
without a case: A the important events, B the others; the same of cells (pair and country). V(t) is
how many of a family would have p <= t, were none of them an effect. A pair's q-value is asked
inside the list that it is shown on, so that what is true elsewhere does not pay for what is false
here. Listed pairs are in neither family: what a label says already is no discovery.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float
from pv.pairs import families
from pv.pairs.bayes import Prior
from pv.pairs.decision import Decision
from pv.pairs.families import FAMILIES, Expected
from pv.pairs.pooling import Pairs, strata_of
from pv.spec.rule import Rule
from pv.stats.null_tails import SHARP, Null
from pv.stats.sharp_null import stratified_tail, stratified_tail_from_margins
from pv.warehouse.relations import put

Mask = NDArray[np.bool_]

# Poisson tails above it stand as they are: the exact ones are convolved where they matter.
_SCREEN = 0.05


@dataclass(frozen=True, slots=True)
class Chance:
    """Of P pairs: p-values, and the families that they belong to.

    `scope` [P], without the `listed` [P], and `important` [P] tell the family; `p` [P] is that of
    the pool, `p_country` [P] that of the country cell where it is least: 1 where the rule does not
    hold there, or the pair is not in scope. `pool` and `cells` are the families by whether the
    event is important.
    """

    null: Null
    scope: Mask
    listed: Mask
    important: Mask
    p: Float
    p_country: Float
    pool: dict[bool, Expected]
    cells: dict[bool, Expected]
    q_max: dict[bool, float]

    @classmethod
    def of(  # noqa: PLR0913, PLR0917
        cls, counts: Counts, pairs: Pairs, decide: Decision, flagged: Mask, alone: Mask,
        expected: Float, expected_alone: Float,
    ) -> "Chance":  # fmt: skip
        """Of the pairs of a look; `counts` have every margin, though cells may be left out.

        `flagged` [P] and `expected` [P] are of the pool, `alone` [C] and `expected_alone` [C] of
        the cells.
        """
        null, rule = null_of(decide.prior, decide.rule), decide.rule
        listed = counts.is_listed(pairs.product, pairs.event)
        scope = counts.in_scope[pairs.product] & ~listed
        return cls(
            null, scope, listed, counts.important[pairs.event],
            p_pool(counts, pairs, flagged & scope, expected, null),
            p_country(counts, pairs, alone & scope[pairs.of_cell], expected_alone, null),
            {kind: Expected(parts, null) for kind, parts in families.of_pool(counts, rule).items()},
            {kind: families.of_cells(counts, kind, rule, null) for kind in FAMILIES.values()},
            {True: rule.q_max_important, False: rule.q_max_other},
        )  # fmt: skip

    def family(self, important: bool) -> Mask:
        """The pairs [P] of one of the families."""
        return self.scope & (self.important == important)

    def lists(
        self, doubted: Mask, no_country: Mask, *, barred: Mask | None = None,
        headline: Mask | None = None,
    ) -> "Lists":  # fmt: skip
        """The lists of the pairs: `doubted` [P] fail a condition of the pool, and `no_country` [P]
        tells that no country flagged at any look. `barred` [P] are on no list, whoever flags them.
        Pairs that are no `headline` [P] are on none either; their q-values are those of a list that
        ends at their p-value."""
        meets = self.scope & ~doubted
        by_country = self.scope if barred is None else self.scope & ~barred
        headline = np.ones(meets.size, dtype=bool) if headline is None else headline
        return Lists(
            no_country,
            self._list(self.p, meets & no_country, headline, self.pool),
            self._list(self.p, meets, headline, self.pool),
            self._list(self.p_country, by_country, headline, self.cells),
        )

    def _list(self, p: Float, asked: Mask, headline: Mask, of: dict[bool, Expected]) -> "Listed":
        """The pairs that are asked, by q-value in each family on its own."""
        q, limit = np.ones(p.size), {}
        for kind, family in of.items():
            own = self.family(kind) & asked
            q[own] = family.q(p[own], headline[own])
            limit[kind] = float(p[own & headline & (q <= self.q_max[kind])].max(initial=0.0))
        return Listed(q, q <= np.where(self.important, self.q_max[True], self.q_max[False]), limit)

    def expected_false(self) -> Float:
        """V [P] at the p-value of each pair in scope; nan for the others."""
        result = np.full(self.p.size, np.nan)
        for kind, family in self.pool.items():
            own = self.family(kind)
            result[own] = family.false(self.p[own])
        return result


@dataclass(frozen=True, slots=True)
class Listed:
    """q-values `q` [P], the pairs `confirmed` [P] by them, and the largest p-value among these."""

    q: Float
    confirmed: Mask
    limit: dict[bool, float]


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists that a pair may be confirmed on.

    `pooled_only` is of the pairs that meet every other condition, `pool` of the same without
    `no_country` [P], `country` of the pairs that a country flags now. What a country has flagged
    is confirmed on one of the last two, everything else on the first.
    """

    no_country: Mask
    pooled_only: Listed
    pool: Listed
    country: Listed

    @property
    def confirmed(self) -> Mask:
        """The confirmed pairs [P]."""
        by_country = self.country.confirmed | self.pool.confirmed
        return np.where(self.no_country, self.pooled_only.confirmed, by_country)

    @property
    def q(self) -> Float:
        """The q-value [P] by which a pair is confirmed or not."""
        by_country = np.minimum(self.country.q, self.pool.q)
        return np.where(self.no_country, self.pooled_only.q, by_country)


def fill(con: duckdb.DuckDBPyConnection, pairs: Pairs, chance: Chance, lists: Lists) -> None:
    """Make work.pair_error: the error control of each pair in scope."""
    at = np.flatnonzero(chance.scope)
    important, other = FAMILIES
    put(
        con,
        "work.pair_error",
        {
            "product_no": pairs.product[at],
            "event_no": pairs.event[at],
            "family": np.where(chance.important[at], important, other),
            "p_value": chance.p[at],
            "null_kind": np.full(at.size, chance.null.kind),
            "expected_false": chance.expected_false()[at],
            "q_value": lists.pooled_only.q[at],
            "q_country": lists.country.q[at],
            "q_pool": lists.pool.q[at],
        },
    )


def null_of(prior: Prior, rule: Rule) -> Null:
    """The null of a look: that of its prior, or the sharp one where none is asked or there."""
    return Null.of_prior(prior.found.prior) if rule.null == "empirical" and prior.found else SHARP


def p_pool(counts: Counts, pairs: Pairs, held: Mask, expected: Float, null: Null) -> Float:
    """P-values [P] of the pool where the rule is `held` [P]; 1 elsewhere."""
    result = np.ones(held.size)
    at = np.flatnonzero(held)
    n = np.bincount(pairs.of_cell, weights=counts.a, minlength=held.size)[at]
    if null.kind == "empirical":
        result[at] = null.tail(n, expected[at])
    else:
        result[at] = stratified_tail_from_margins(
            counts.periods.product, counts.periods.event, counts.periods.totals,
            product_index=pairs.product[at], event_index=pairs.event[at], n=n, screen=_SCREEN,
        ).p_value  # fmt: skip
    return result


def p_country(counts: Counts, pairs: Pairs, held: Mask, expected: Float, null: Null) -> Float:
    """The least p-value [P] of the countries whose own cells [C] the rule is `held` in; else 1."""
    cell = np.flatnonzero(held & counts.is_country[counts.stratum])
    if null.kind == "empirical":
        found = null.tail(counts.a[cell], expected[cell])
    else:
        periods = counts.periods
        pair, period, product, event = strata_of(counts, counts.product[cell], counts.event[cell])
        own = periods.stratum[period] == counts.stratum[cell][pair]
        found = stratified_tail(
            counts.a[cell], pair[own], row_product=product[own], row_event=event[own],
            row_total=periods.totals[period[own]], screen=_SCREEN,
        ).p_value  # fmt: skip
    result = np.ones(pairs.product.size)
    np.minimum.at(result, pairs.of_cell[cell], found)
    return result
