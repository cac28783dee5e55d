"""How many countries a flagged pair stands on: leave countries out until it falls (LOCO)."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Counts, Float, Int
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs, dense
from pv.stats import homogeneity, information, stratified

# Dense tables of so many pairs fit memory; a screen shares its random numbers over more of them.
_LOCO_CHUNK = 512
_SCREEN_CHUNK = 4_096


def loco(counts: Counts, pairs: Pairs, flagged: NDArray[np.bool_], decide: Decision) -> Int:
    """For each pair the number of countries to leave out before the rule fails; 0 if not flagged.

    Each step leaves out the country without which the stratified IC025 is lowest. For the pairs
    that one country carries this is the fewest (every single country is tried), beyond that it is
    an upper bound: trying all subsets of six countries betters it in half a percent of random
    worlds. A pair that still holds when only non-countries are left counts one more than its
    countries.
    """
    result = np.zeros(flagged.size, dtype=np.int64)
    for chunk in _chunks(flagged, _LOCO_CHUNK):
        result[chunk] = _loco(counts, pairs, chunk, decide)
    return result


def homogeneous(counts: Counts, pairs: Pairs, flagged: NDArray[np.bool_], seed: int) -> Float:
    """P-value of one ratio of observed to expected in all strata, for flagged pairs; else nan."""
    result = np.full(flagged.size, np.nan)
    for chunk in _chunks(flagged, _SCREEN_CHUNK):
        a, b, c, d = dense(counts, pairs, chunk)
        expected = (a + b) * (a + c) / (a + b + c + d)
        result[chunk] = homogeneity.screen(a, expected, seed=seed).p_value
    return result


def without(  # noqa: PLR0913, PLR0917
    counts: Counts, pairs: Pairs, chosen: Int, pair: Int, stratum: Int, decide: Decision
) -> NDArray[np.bool_]:
    """Where the rule holds on the chosen pairs [M] when some of their joint cases are left out.

    Each entry of `pair` (a position, in `chosen`) and `stratum` is a case that leaves the pair,
    and with it the margins of its product, its event and its stratum. `chosen` is sorted.
    """
    result = np.zeros(chosen.size, dtype=bool)
    for first in range(0, chosen.size, _LOCO_CHUNK):
        part = chosen[first : first + _LOCO_CHUNK]
        tables = dense(counts, pairs, part)
        row = np.searchsorted(part, pair)
        here = np.flatnonzero((row < part.size) & (part[np.minimum(row, part.size - 1)] == pair))
        np.subtract.at(tables[0], (row[here], stratum[here]), 1)
        result[first : first + _LOCO_CHUNK] = holds(tables, pairs.product[part], decide)
    return result


def _chunks(flagged: NDArray[np.bool_], size: int) -> Iterator[Int]:
    """The positions of the flagged pairs, so many at a time."""
    positions = np.flatnonzero(flagged)
    for start in range(0, positions.size, size):
        yield positions[start : start + size]


def _loco(counts: Counts, pairs: Pairs, chosen: Int, decide: Decision) -> Int:
    tables = dense(counts, pairs, chosen)
    a, b, c, _ = tables
    product = pairs.product[chosen]

    expected = (a + b) * (a + c) / counts.totals
    removable = counts.is_country & (a > 0)

    answer = removable.sum(1) + 1
    falls_alone = np.zeros(chosen.size, dtype=bool)
    for stratum in np.flatnonzero(removable.any(0)):
        kept = np.delete(tables, stratum, axis=2)
        falls_alone |= (a[:, stratum] > 0) & ~holds(kept, product, decide)
    answer[falls_alone] = 1
    open_ = ~falls_alone
    rest = tables.copy()
    for removed in range(1, a.shape[1] + 1):
        at = np.flatnonzero(open_ & removable.any(1))
        if not at.size:
            break
        n_left = rest[0, at].sum(1, keepdims=True) - rest[0, at]
        left = np.where(rest[:, at].any(0), expected[at], 0.0)
        expected_left = np.maximum(left.sum(1, keepdims=True) - left, 0.0)
        lower = information.ic(n_left, expected_left).lower
        out = np.where(removable[at], lower, np.inf).argmin(1)
        rest[:, at, out] = 0
        removable[at, out] = False
        fallen = at[~holds(rest[:, at], product[at], decide)]
        answer[fallen] = removed
        open_[fallen] = False
    return answer


def holds(
    tables: Float, product: Int, decide: Decision, n: Float | None = None
) -> NDArray[np.bool_]:
    """The rule on dense strata [4, pairs, strata]; their cases `n` if they are not whole."""
    a, b, c, d = tables
    cases: Float = a.sum(1) if n is None else n
    size = a + b + c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        expected_k = np.where(size > 0, (a + b) * (a + c) / size, 0.0)
        variance = np.where(size > 0, expected_k * (c + d) * (b + d) / size**2, 0.0).sum(1)
        expected = expected_k.sum(1)
        chi2_yates = np.maximum(np.abs(cases - expected) - 0.5, 0.0) ** 2 / variance
    found = {
        "expected": expected,
        "ic025": information.ic(cases, expected).lower,
        "ror025": stratified.mh_or(a, b, c, d).lower,
        "prr": stratified.mh_rr(a, b, c, d).estimate,
        "chi2_yates": chi2_yates,
    }
    return decide(product, cases, found)
