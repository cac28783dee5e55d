"""Conditions of the pooled-only verdict that the counts of one look answer (METHODS part 7).

A night, the permutation null and the joining of possible duplicates ask them here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs, Tables, chunks
from pv.spec.rule import Rule

Mask = NDArray[np.bool_]


def by_country(counts: Counts, pairs: Pairs, alone: Mask) -> Mask:
    """Pairs [P] that a country flags on its own; `alone` [C] tells which cells flag."""
    cells = pairs.of_cell[alone & counts.is_country[counts.stratum]]
    return np.bincount(cells, minlength=pairs.product.size) > 0


def direction(flagged: Mask, crude_flagged: Mask, time_flagged: Mask, crude_ic: Float) -> Mask:
    """Where the countries do not explain that the collapsed table and the stratified one differ.

    `time_flagged` [P]: the rule holds by country alone and not by period of receipt, which is
    another reason.
    """
    return np.where(flagged, crude_ic > 0, ~crude_flagged | time_flagged)


@dataclass(frozen=True, slots=True)
class Spread:
    """How the cases of P pairs lie over the countries.

    Of `n` [P] cases `unplaced` [P] have no known country. `countries` [P] have a case, `most` [P]
    is the largest count of one and `worst` [P] the largest that one may have. `holds` [P]: enough
    countries, and `worst` no larger a share of the cases than the rule allows; `most_allowed` [P]:
    neither is `most`.
    """

    n: Int
    unplaced: Int
    countries: Int
    most: Int
    worst: Int
    holds: Mask
    most_allowed: Mask


def spread(counts: Counts, pairs: Pairs, a: Int, rule: Rule) -> Spread:
    """How cases `a` [C] of the cells of `counts` lie over the countries.

    Cases without a known country may all be of one: the unknown of any (those from outside the
    European Economic Area too), those masked to the European Union or this area of one of Europe. A
    share is compared as a quotient, which is rounded just as the rule's limit was when it was read:
    equal shares are equal, for any count.
    """
    is_country = counts.is_country[counts.stratum]
    located = np.array([region is not None for region in counts.region], dtype=bool)[counts.stratum]
    europe = (counts.region == "Europe")[counts.stratum]
    size = pairs.product.size

    def total(cells: Mask) -> Int:
        return np.bincount(pairs.of_cell[cells], weights=a[cells], minlength=size).astype(np.int64)

    def largest(cells: Mask) -> Int:
        top = np.zeros(size, dtype=np.int64)
        np.maximum.at(top, pairs.of_cell[cells], a[cells])
        return top

    countries = np.bincount(pairs.of_cell[is_country & (a > 0)], minlength=size)
    unknown, masked = total(~is_country & ~located), total(~is_country & located)
    n, most = total(np.ones(a.size, dtype=bool)), largest(is_country)
    worst = np.maximum(most + unknown, largest(is_country & europe) + masked + unknown)

    def allowed(cases: Int) -> Mask:
        return cases / np.maximum(n, 1) <= rule.max_country_share

    holds = (countries >= rule.min_countries) & allowed(worst)
    return Spread(n, unknown + masked, countries, most, worst, holds, allowed(most))


def on_known(counts: Counts, pairs: Pairs, chosen: Int, decide: Decision) -> tuple[Int, Mask]:
    """Cases of the chosen pairs [M] with a known country, and whether the rule holds on these.

    The cases without one are left out of all four cells.
    """
    n, holds = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=bool)]
    known = counts.is_country
    for part in chunks(counts, chosen):
        tables = Tables.of(counts, pairs, part)
        sums = tables.sums(known[tables.stratum])
        n.append(sums.n.astype(np.int64))
        holds.append(decide.on_sums(sums, pairs.product[part]))
    return np.concatenate(n), np.concatenate(holds)


def pooled_alone(  # noqa: PLR0913, PLR0917
    counts: Counts, pairs: Pairs, flagged: Mask, alone: Mask, crude_ic: NDArray[np.float64],
    rule: Rule,
) -> Mask:  # fmt: skip
    """Pairs [P] that the pool flags and that meet all three conditions, as far as one look shows.

    `flagged` [P] and `crude_ic` [P] are of the pool, `alone` [C] of the cells. A country that
    flagged at an earlier look takes a pair out later.
    """
    return (
        flagged
        & ~by_country(counts, pairs, alone)
        & direction(flagged, flagged, ~flagged, crude_ic)
        & spread(counts, pairs, counts.a, rule).holds
    )
