"""Whether the strata of a pair have one ratio of observed to expected."""

import numpy as np
from numpy.typing import NDArray

from pv.counts.counts import Float
from pv.pairs.pooling import Tables, chunks
from pv.pairs.screen import Screen
from pv.stats import homogeneity as exact

Mask = NDArray[np.bool_]


def p_values(screen: Screen, chosen: Mask, seed: int) -> Float:
    """P-values [P] of one ratio of observed to expected in all strata; nan where not chosen."""
    result = np.full(chosen.size, np.nan)
    positions = np.flatnonzero(chosen)
    strata = screen.counts.totals.size
    for chunk in chunks(screen.counts, positions):
        tables = Tables.of(screen.counts, screen.pairs, chunk)
        a = tables.by_stratum(tables.a, strata)
        expected = tables.by_stratum(tables.expected, strata)
        result[chunk] = exact.screen(a, expected, seed=seed).p_value
    return result
