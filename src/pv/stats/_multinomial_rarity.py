"""How often a multinomial outcome is no more probable than the observed one: many rows at once.

Every row meets the same fixed random numbers: batch b of draws comes from the seed (seed, b), case
i of a draw from its i-th row. A row's answer is therefore a function of that row alone, whatever
stands beside it. Categories are drawn by Walker's alias tables, built here for all rows at once.

Draws go on until a row is clearly on one side of ``alpha`` (Gandy 2009, JASA 104:1504), so that
they are spent on the doubtful rows.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.stats._result import FloatArray, IntArray

BATCH = 128
# Chance that the draws stop on the wrong side of alpha, at most.
_RISK = 1e-3
# Logarithms of probabilities that differ by less than this are ties.
TIE = 1e-7
# From here on a compiled sampler of whole counts is quicker than drawing case by case.
MOST_CASES = 512
_CHUNK_CASES = 1 << 17


@dataclass(frozen=True, slots=True)
class Rows:
    """Multinomials: whole ``cases`` [R, K] and ``share`` [R, K], falling; 0 fills a row up.

    ``total`` [R] are the cases of each row, ``log_share`` is 0 where the share is.
    """

    cases: IntArray
    share: FloatArray
    total: IntArray
    log_share: FloatArray

    @classmethod
    def of(cls, cases: IntArray, share: FloatArray) -> "Rows":
        """Rows with what follows from their counts and shares."""
        return cls(cases, share, cases.sum(1), np.log(np.where(share > 0, share, 1.0)))

    def __getitem__(self, chosen: NDArray[np.intp] | slice) -> "Rows":
        return Rows(
            self.cases[chosen], self.share[chosen], self.total[chosen], self.log_share[chosen]
        )

    def log_weight(self) -> FloatArray:
        """ln of the observed probability, without the factor n! that all outcomes share."""
        return (self.cases * self.log_share - special.gammaln(self.cases + 1.0)).sum(1)


def simulate(rows: Rows, alpha: float, draws: int, seed: int) -> tuple[IntArray, IntArray]:
    """Draws of each row no more probable than the observed outcome, and how many were made."""
    size = rows.total.size
    rare, made = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    observed = rows.log_weight() + TIE
    width = _width((rows.share > 0).sum(1))
    # Neighbours in a chunk have like sizes, so that little is drawn in vain.
    open_ = np.lexsort((rows.total, width))
    batches = -(-draws // BATCH)
    checks = {2**i for i in range(batches.bit_length()) if 2**i < batches} | {batches}
    alias = {w: _Alias.of(rows.share, at, w) for w, at in _by(width)}
    for batch in range(batches):
        if not open_.size:
            break
        for w, at in _by(width[open_]):
            chosen = open_[at]
            tables = alias[w].of_rows(chosen)
            rare[chosen] += _batch(rows[chosen], tables, observed[chosen], (seed, batch))
        made[open_] += BATCH
        if batch + 1 in checks:
            low, high = _clear(alpha, (batch + 1) * BATCH, len(checks))
            open_ = open_[(rare[open_] > low) & (rare[open_] < high)]
    return rare, made


def _clear(alpha: float, draws: int, checks: int) -> tuple[int, int]:
    """The most and the fewest rare draws that are clearly below and above ``alpha``."""
    risk = _RISK / (2 * checks)
    k = np.arange(draws + 1)
    below = np.flatnonzero(special.bdtr(k, draws, alpha) < risk)
    # P(X >= k), 1 at k = 0.
    at_least = np.append(1.0, special.bdtrc(k[:-1], draws, alpha))
    above = np.flatnonzero(at_least < risk)
    return int(below[-1]) if below.size else -1, int(above[0]) if above.size else draws + 1


@dataclass(frozen=True, slots=True)
class _Alias:
    """Alias tables [R, W] of the rows at ``place``: keep a category, or shift to another."""

    place: NDArray[np.intp]
    keep: FloatArray
    shift: IntArray

    @classmethod
    def of(cls, share: FloatArray, rows: NDArray[np.intp], width: int) -> "_Alias":
        """Walker 1977 by one sweep over falling shares, all rows a step at a time."""
        size, kept = rows.size, min(width, share.shape[1])
        scaled = np.zeros((size, width))
        scaled[:, :kept] = share[rows, :kept] * width
        keep, shift = np.ones((size, width)), np.zeros((size, width), dtype=np.int64)
        heavies = (scaled > 1).sum(1)
        row = np.arange(size)
        heavy, light = np.zeros(size, dtype=np.int64), np.full(size, width - 1)
        left = scaled[:, 0].copy()
        for _ in range(width):
            # A heavy category fills up light ones until it is light itself; the next fills it up.
            gives = (left > 1) & (light >= heavies)
            r, h, j = row[gives], heavy[gives], light[gives]
            keep[r, j], shift[r, j] = scaled[r, j], h - j
            left[r] -= 1 - scaled[r, j]
            light[r] -= 1
            takes = ~gives & (left <= 1) & (heavy + 1 < heavies)
            r, h = row[takes], heavy[takes]
            keep[r, h], shift[r, h] = left[r], 1
            left[r] += scaled[r, h + 1] - 1
            heavy[r] += 1
        place = np.full(share.shape[0], -1)
        place[rows] = row
        return cls(place, keep, shift)

    def of_rows(self, chosen: NDArray[np.intp]) -> tuple[FloatArray, IntArray]:
        """The tables of some rows, by their numbers among all."""
        at = self.place[chosen]
        return self.keep[at], self.shift[at]


def _batch(
    rows: Rows,
    alias: tuple[FloatArray, IntArray],
    observed: FloatArray,
    seed: tuple[int, int],
) -> IntArray:
    """Rare ones among the draws of one batch, for rows of rising total."""
    few = slice(int(np.searchsorted(rows.total, MOST_CASES, side="right")))
    many = slice(few.stop, None)
    return np.concatenate(
        [
            _case_by_case(rows[few], (alias[0][few], alias[1][few]), observed[few], seed),
            _row_by_row(rows[many], observed[many], seed),
        ]
    )


def _case_by_case(
    rows: Rows,
    alias: tuple[FloatArray, IntArray],
    observed: FloatArray,
    seed: tuple[int, int],
) -> IntArray:
    keep, shift = alias
    rare, width = np.zeros(rows.total.size, dtype=np.int64), keep.shape[1]
    log_share = np.zeros(keep.shape)
    kept = min(width, rows.share.shape[1])
    log_share[:, :kept] = rows.log_share[:, :kept]
    logs = special.gammaln(np.arange(MOST_CASES + 1) + 1.0)
    # One row of this matrix a case: with more cases, the first ones fall as before.
    most = int(rows.total.max(initial=0))
    uniform = np.random.default_rng(seed).random((most, BATCH)) * width
    column = uniform.astype(np.int64)
    fraction = uniform - column
    for start, stop in _chunks(rows.total, width):
        chunk, size, n = slice(start, stop), stop - start, int(rows.total[stop - 1])
        here = column[:n]
        # Multiplied, not chosen: no branch to guess wrong.
        moves = fraction[:n] >= np.take(keep[chunk], here, axis=1)
        drawn = here + moves * np.take(shift[chunk], here, axis=1)
        # Rows with fewer cases put the rest into a category of its own, the last.
        drawn[np.arange(n) >= rows.total[chunk, None]] = width
        drawn += (np.arange(size)[:, None, None] * BATCH + np.arange(BATCH)) * (width + 1)
        cells = np.bincount(drawn.ravel(), minlength=size * BATCH * (width + 1))
        cells = cells.reshape(size, BATCH, width + 1)[:, :, :-1]
        fixed = logs.take(cells, mode="clip").sum(-1)
        weight = np.einsum("rdk,rk->rd", cells, log_share[chunk]) - fixed
        rare[chunk] = (weight <= observed[chunk, None]).sum(1)
    return rare


def _row_by_row(rows: Rows, observed: FloatArray, seed: tuple[int, int]) -> IntArray:
    """The few large rows, each by NumPy's own sampler started anew from the seed."""
    rare = np.zeros(rows.total.size, dtype=np.int64)
    for r in range(rows.total.size):
        possible = rows.share[r] > 0
        generator = np.random.default_rng(seed)
        cells = generator.multinomial(rows.total[r], rows.share[r, possible], size=BATCH)
        weight = cells @ rows.log_share[r, possible] - special.gammaln(cells + 1.0).sum(-1)
        rare[r] = (weight <= observed[r]).sum()
    return rare


def enumerate_rows(rows: Rows, outcomes: int) -> FloatArray:
    """Exact probability of the outcomes no more probable than the observed one.

    All rows have the same total and number of shares; ``outcomes`` is how many there are.
    """
    total, strata = int(rows.total[0]), rows.share.shape[1]
    every = _compositions(total, strata)
    constant = special.gammaln(total + 1.0) - special.gammaln(every + 1.0).sum(1)
    observed = rows.log_weight() + special.gammaln(total + 1.0) + TIE
    result = np.empty(rows.total.size)
    step = max(1, _CHUNK_CASES // outcomes)
    for start in range(0, rows.total.size, step):
        chunk = slice(start, start + step)
        log_p = np.tile(constant, (rows.total[chunk].size, 1))
        # Added up stratum by stratum: a sum that no neighbouring row can round otherwise.
        for k in range(strata):
            log_p += rows.log_share[chunk, k, None] * every[:, k]
        rare = log_p <= observed[chunk, None]
        result[chunk] = np.where(rare, np.exp(log_p), 0.0).sum(1)
    return np.minimum(result, 1.0)


def count_outcomes(total: int, strata: int) -> int:
    """Ways to spread ``total`` cases over the strata."""
    return math.comb(total + strata - 1, strata - 1)


def _compositions(total: int, strata: int) -> IntArray:
    """Every way to spread ``total`` cases over the strata [outcomes, strata]."""
    rest = np.array([total])
    columns: list[IntArray] = []
    for _ in range(strata - 1):
        branches = rest + 1
        first = np.repeat(np.cumsum(branches) - branches, branches)
        here = np.arange(first.size) - first
        columns = [np.repeat(column, branches) for column in columns]
        columns.append(here)
        rest = np.repeat(rest, branches) - here
    return np.stack([*columns, rest], axis=1)


def _width(strata: IntArray) -> IntArray:
    """The power of two that holds so many strata, at least 8."""
    return np.maximum(8, 2 ** np.ceil(np.log2(np.maximum(strata, 1))).astype(np.int64))


def _by(key: IntArray) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """The positions of each distinct key, in their order."""
    for value in np.unique(key):
        yield int(value), np.flatnonzero(key == value)


def _chunks(total: IntArray, width: int) -> Iterator[tuple[int, int]]:
    """Stretches of rows, by rising total, whose draws fit the working memory."""
    start = 0
    while start < total.size:
        # The last row of a stretch is its largest.
        cost = np.maximum(total[start:], width + 1) * np.arange(1, total.size - start + 1) * BATCH
        stop = start + max(1, int(np.searchsorted(cost, _CHUNK_CASES, side="right")))
        yield start, stop
        start = stop
