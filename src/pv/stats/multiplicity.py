"""Many pairs at once: false discovery rates."""

import numpy as np
from numpy.typing import ArrayLike

from pv.stats import _validate as check
from pv.stats import gps
from pv.stats._result import FloatArray


def benjamini_hochberg(p: ArrayLike) -> FloatArray:
    """Adjusted p-values: rejecting those at most q keeps the false discovery rate at q.

    Benjamini and Hochberg 1995 (J R Stat Soc B 57:289); all values of ``p``, whatever its shape,
    are one family. ``nan`` marks a test that was not made: it stays ``nan`` and does not count.
    Valid for independent or positively dependent tests. Raises ``ValueError`` for values outside
    0 to 1.
    """
    values = np.asarray(check.unmasked("p", p), dtype=np.float64)
    made = ~np.isnan(values)
    tests = values[made]
    if np.any((tests < 0) | (tests > 1)):
        raise ValueError("p must lie between 0 and 1, or be nan for a test that was not made")
    order = np.argsort(tests, kind="stable")
    scaled = tests[order] * tests.size / np.arange(1, tests.size + 1)
    # A larger p-value may never get a smaller adjusted one: running minimum from the top.
    adjusted = np.empty_like(scaled)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    result = np.full(values.shape, np.nan)
    result[made] = np.minimum(adjusted, 1.0)
    return result[()]


def local_false_discovery_rate(
    n: ArrayLike, expected: ArrayLike, prior: gps.GpsPrior, *, ratio: float = 1.0
) -> FloatArray:
    """P(lambda <= ratio | n): the chance that flagging this one pair is false, under GPS.

    Ahmed et al. 2009 (Stat Med 28:1774), for a prior already fitted; ``ratio`` is the largest
    relative reporting ratio that counts as no effect. ``n`` and ``expected`` broadcast.
    """
    return gps.cdf(n, expected, prior, ratio=ratio)


def false_discovery_rate(
    n: ArrayLike, expected: ArrayLike, prior: gps.GpsPrior, *, ratio: float = 1.0
) -> FloatArray:
    """Expected share of false flags when this pair and all stronger ones are flagged.

    The mean of the local rates up to and including the pair's own, strongest first (Ahmed et al.
    2009); ties share the value of the largest set. Shape as ``n`` and ``expected`` broadcast.
    """
    local = local_false_discovery_rate(n, expected, prior, ratio=ratio)
    flat = local.ravel()
    order = np.argsort(flat, kind="stable")
    ranked = flat[order]
    running = np.cumsum(ranked) / np.arange(1, ranked.size + 1)
    last_of_tie = np.searchsorted(ranked, ranked, side="right") - 1
    result = np.empty_like(flat)
    result[order] = running[last_of_tie]
    return result.reshape(np.shape(local))[()]
