"""Which pairs only the pool flags, before the finer conditions are asked (METHODS part 7)."""

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Int
from pv.pairs.pooling import Pairs
from pv.spec.rule import Rule

Mask = NDArray[np.bool_]


def pooled_alone(  # noqa: PLR0913, PLR0917
    counts: Counts, pairs: Pairs, flagged: Mask, alone: Mask, crude_ic: NDArray[np.float64],
    rule: Rule,
) -> Mask:  # fmt: skip
    """Pairs [P] that pass conditions 1 to 3 as far as one look shows.

    `flagged` [P] and `crude_ic` [P] are of the pool, `alone` [C] tells which cells flag alone.
    Earlier looks are not asked: a country that flagged then takes the pair out later.
    """
    is_country = _given(counts.country)[counts.stratum]
    country = np.bincount(pairs.of_cell[alone & is_country], minlength=flagged.size) > 0
    return flagged & ~country & (crude_ic > 0) & spread(counts, pairs, counts.a, rule)


def spread(counts: Counts, pairs: Pairs, a: Int, rule: Rule) -> Mask:
    """Where enough countries have a case and none may hold too large a share (condition 3).

    `a` [C] are the cases of the cells of `counts`. Cases without a known country may all be of
    one: the unknown of any, those masked to the European Union of one of Europe. The same as in
    sql/pairs/verdict; an audit of the snapshot holds the two together.
    """
    is_country = _given(counts.country)[counts.stratum]
    located = _given(counts.region)[counts.stratum]
    europe = (counts.region == "Europe")[counts.stratum]
    size = pairs.product.size

    def total(cells: Mask) -> Int:
        return np.bincount(pairs.of_cell[cells], weights=a[cells], minlength=size).astype(np.int64)

    def most(cells: Mask) -> Int:
        top = np.zeros(size, dtype=np.int64)
        np.maximum.at(top, pairs.of_cell[cells], a[cells])
        return top

    countries = np.bincount(pairs.of_cell[is_country & (a > 0)], minlength=size)
    unknown = total(~is_country & ~located)
    masked = total(~is_country & located)
    worst = np.maximum(most(is_country) + unknown, most(is_country & europe) + masked + unknown)
    n = total(np.ones(a.size, dtype=bool))
    return (countries >= rule.min_countries) & (worst / np.maximum(n, 1) <= rule.max_country_share)


def _given(names: NDArray[np.object_]) -> Mask:
    return np.array([name is not None for name in names], dtype=bool)
