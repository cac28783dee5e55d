"""How many countries a flagged pair stands on: leave countries out until it falls (LOCO)."""

import numpy as np
from numpy.typing import NDArray

from pv.signals.counts import Counts, Float, Int
from pv.signals.decision import Decision
from pv.signals.pooling import Pairs, dense
from pv.stats import homogeneity, information, stratified

_CHUNK = 512
_DRAWS = 5_000  # a standard error of .003 at p = .05


def loco(counts: Counts, pairs: Pairs, flagged: NDArray[np.bool_], decide: Decision) -> Int:
    """For each pair the number of countries to leave out before the rule fails; 0 if not flagged.

    Countries go in the order of their excess n_k - E_k, the largest first: for the pairs that one
    country carries this is the fewest (every single country is tried), beyond that it is an upper
    bound of the fewest. A pair that still holds when only non-countries are left counts one more
    than its countries.
    """
    result = np.zeros(flagged.size, dtype=np.int64)
    positions = np.flatnonzero(flagged)
    for chunk in np.split(positions, range(_CHUNK, positions.size, _CHUNK)):
        if not chunk.size:
            break
        result[chunk] = _loco(counts, pairs, chunk, decide)
    return result


def homogeneous(counts: Counts, pairs: Pairs, asked: NDArray[np.bool_], seed: int) -> Float:
    """P-value of one ratio in all strata, for the pairs [P] that are asked for; else nan.

    Exact costs up to a fifth of a second a pair, so it is kept for the pairs that are looked at.
    """
    result = np.full(asked.size, np.nan)
    chosen = np.flatnonzero(asked)
    if not chosen.size:
        return result
    a, b, c, d = dense(counts, pairs, chosen)
    expected = (a + b) * (a + c) / (a + b + c + d)
    found = homogeneity.exact(a, expected, enumerate_up_to=20_000, draws=_DRAWS, seed=seed)
    result[chosen] = found.p_value
    return result


def without(  # noqa: PLR0913, PLR0917
    counts: Counts, pairs: Pairs, chosen: Int, pair: Int, stratum: Int, decide: Decision
) -> NDArray[np.bool_]:
    """Where the rule holds on the chosen pairs [M] when some of their joint cases are left out.

    Each entry of `pair` (a position, in `chosen`) and `stratum` is a case that leaves the pair,
    and with it the margins of its product, its event and its stratum. `chosen` is sorted.
    """
    result = np.zeros(chosen.size, dtype=bool)
    for first in range(0, chosen.size, _CHUNK):
        part = chosen[first : first + _CHUNK]
        tables = dense(counts, pairs, part)
        row = np.searchsorted(part, pair)
        here = np.flatnonzero((row < part.size) & (part[np.minimum(row, part.size - 1)] == pair))
        np.subtract.at(tables[0], (row[here], stratum[here]), 1)
        result[first : first + _CHUNK] = holds(tables, pairs.product[part], decide)
    return result


def _loco(counts: Counts, pairs: Pairs, chosen: Int, decide: Decision) -> Int:
    tables = dense(counts, pairs, chosen)
    a, b, c, _ = tables
    product = pairs.product[chosen]

    is_country = np.array([name is not None for name in counts.country])
    excess = a - (a + b) * (a + c) / counts.totals
    order = np.argsort(-np.where(is_country & (a > 0), excess, -np.inf), axis=1, kind="stable")
    removable = (is_country & (a > 0)).sum(1)

    answer = removable + 1
    falls_alone = np.zeros(chosen.size, dtype=bool)
    for stratum in np.flatnonzero(is_country & (a > 0).any(0)):
        kept = np.delete(tables, stratum, axis=2)
        falls_alone |= (a[:, stratum] > 0) & ~holds(kept, product, decide)
    answer[falls_alone] = 1
    open_ = ~falls_alone
    rest = tables.copy()
    for removed in range(1, int(removable.max(initial=0)) + 1):
        at = np.flatnonzero(open_ & (removable >= removed))
        if not at.size:
            break
        rest[:, at, order[at, removed - 1]] = 0
        fallen = at[~holds(rest[:, at], product[at], decide)]
        answer[fallen] = removed
        open_[fallen] = False
    return answer


def holds(tables: Float, product: Int, decide: Decision) -> NDArray[np.bool_]:
    """Where the rule holds on dense strata [4, pairs, strata]; an empty stratum adds nothing."""
    a, b, c, d = tables
    n = a.sum(1)
    size = a + b + c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        expected_k = np.where(size > 0, (a + b) * (a + c) / size, 0.0)
        variance = np.where(size > 0, expected_k * (c + d) * (b + d) / size**2, 0.0).sum(1)
        expected = expected_k.sum(1)
        chi2_yates = np.maximum(np.abs(n - expected) - 0.5, 0.0) ** 2 / variance
    found = {
        "expected": expected,
        "ic025": information.ic(n, expected).lower,
        "ror025": stratified.mh_or(a, b, c, d).lower,
        "prr": stratified.mh_rr(a, b, c, d).estimate,
        "chi2_yates": chi2_yates,
    }
    return decide(product, n, found)
