"""The conditional distribution of a two-by-two table with all margins fixed."""

import numpy as np
from scipy import stats

from pv.stats._result import FloatArray
from pv.stats._tilted import Tilted, ratio_limits
from pv.stats.twobytwo import TwoByTwo

# Tables are taken in batches of at most this many weights, some 16 MB a temporary.
_BATCH = 2_000_000
# Probabilities that differ by less than this share are ties (R's fisher.test uses the same).
_TIE = 1 + 1e-7


def log_weights(table: TwoByTwo, reach: int) -> FloatArray:
    """ln of the weights of a-reach..a+reach, relative to the observed a; -inf off the support.

    Summed from ratios of neighbours, which keeps all digits whatever the size of N.
    """
    a, b, c, d = (cell[:, None] for cell in table)
    step = np.arange(reach, dtype=np.float64)
    with np.errstate(divide="ignore"):
        up = np.log(np.maximum(b - step, 0)) + np.log(np.maximum(c - step, 0))
        down = np.log(np.maximum(a - step, 0)) + np.log(np.maximum(d - step, 0))
    up -= np.log((a + step + 1) * (d + step + 1))
    down -= np.log((b + step + 1) * (c + step + 1))
    return np.hstack([np.cumsum(down, axis=1)[:, ::-1], np.zeros_like(a), np.cumsum(up, axis=1)])


def support_weights(a: float, b: float, c: float, d: float) -> tuple[FloatArray, int]:
    """ln of the weights of one table's whole support, relative to a, and the place of a in it."""
    down, up = int(min(a, d)), int(min(b, c))
    reach = max(down, up)
    table = TwoByTwo(*(np.array([cell]) for cell in (a, b, c, d)))
    return log_weights(table, reach)[0, reach - down : reach + up + 1], down


def odds_ratio_limits(
    table: TwoByTwo, level: float, *, midp: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Conditional estimate and exact limits of the odds ratio of each table (1-d cells)."""
    a, b, c, d = table
    # Beyond 12 standard deviations and 60 cases from the observation the weights under either
    # limit are below 1e-15 of their sum; the support may end earlier.
    deviation = 1 / np.sqrt(1 / (a + 1) + 1 / (b + 1) + 1 / (c + 1) + 1 / (d + 1))
    support = np.maximum(np.minimum(a, d), np.minimum(b, c))
    reach = np.minimum(np.ceil(12 * deviation + 60), support).astype(np.int64)

    result = np.empty((3, a.size))
    order = np.argsort(reach, kind="stable")
    start = 0
    while start < a.size:
        # Sorted by reach, so a batch is as wide as its last row: take as many as fit.
        widths = 2 * reach[order[start:]] + 1
        fits = widths * np.arange(1, widths.size + 1) <= _BATCH
        rows = order[start : start + max(1, int(fits.sum()))]
        widest = int(reach[rows[-1]])
        part = TwoByTwo(*(cell[rows] for cell in table))
        family = Tilted(log_weights(part, widest), np.arange(-widest, widest + 1.0))
        result[:, rows] = ratio_limits(family, level, midp=midp)
        start += rows.size
    return result[0], result[1], result[2]


def two_sided(table: TwoByTwo) -> FloatArray:
    """P(all tables no more probable than the observed one) under independence (1-d cells)."""
    a, b, c, d = (cell.astype(np.int64) for cell in table)
    row, column, total = a + b, a + c, a + b + c + d
    lowest, highest = np.maximum(0, row + column - total), np.minimum(row, column)
    # In doubles, for the product overflows an integer: one off, the mode has the same probability.
    mode = np.floor((row + 1.0) * ((column + 1.0) / (total + 2.0))).astype(np.int64)
    mode = np.clip(mode, lowest, highest)

    observed = _pmf(a, total, row, column)
    at_mode = observed * _TIE >= _pmf(mode, total, row, column)
    result = np.ones(a.size)

    for side, rows in ((1, (a < mode) & ~at_mode), (-1, (a > mode) & ~at_mode)):
        if not rows.any():
            continue
        margins = total[rows], row[rows], column[rows]
        bound = observed[rows] * _TIE
        # The first value beyond the mode, on the other side, that is no more probable; one past
        # the end of the support when none is.
        near = mode[rows]
        far = (highest[rows] + 1) if side > 0 else (lowest[rows] - 1)
        while True:
            open_ = np.abs(far - near) > 1
            if not open_.any():
                break
            middle = (near + far) // 2
            rare = np.zeros(middle.size, dtype=bool)
            rare[open_] = _pmf(middle[open_], *(m[open_] for m in margins)) <= bound[open_]
            far = np.where(open_ & rare, middle, far)
            near = np.where(open_ & ~rare, middle, near)
        below = a[rows] if side > 0 else far
        from_ = far if side > 0 else a[rows]
        result[rows] = _cdf(below, *margins) + _sf(from_ - 1, *margins)
    return np.minimum(result, 1.0)


def excess(table: TwoByTwo, *, midp: bool) -> FloatArray:
    """P(X >= a) under independence, or P(X > a) + P(X = a)/2 (1-d cells)."""
    a, b, c, d = (cell.astype(np.int64) for cell in table)
    row, column, total = a + b, a + c, a + b + c + d
    share = 0.5 if midp else 1.0
    p_value = _sf(a, total, row, column) + share * _pmf(a, total, row, column)
    return np.where(total > 0, p_value, share)  # SciPy has no distribution of nothing


def _pmf(x: np.ndarray, total: np.ndarray, row: np.ndarray, column: np.ndarray) -> FloatArray:
    return np.asarray(stats.hypergeom.pmf(x, total, column, row), dtype=np.float64)


def _cdf(x: np.ndarray, total: np.ndarray, row: np.ndarray, column: np.ndarray) -> FloatArray:
    return np.asarray(stats.hypergeom.cdf(x, total, column, row), dtype=np.float64)


def _sf(x: np.ndarray, total: np.ndarray, row: np.ndarray, column: np.ndarray) -> FloatArray:
    return np.asarray(stats.hypergeom.sf(x, total, column, row), dtype=np.float64)
