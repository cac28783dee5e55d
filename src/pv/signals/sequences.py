"""Which rows of the rate arm have signalled, and when: Poisson MaxSPRT over their looks."""

import numpy as np
from numpy.typing import NDArray

from pv.signals.counts import Float
from pv.signals.window_looks import Looks
from pv.stats.sequential import critical_value_poisson, llr


def signalled(looks: Looks, n_min: Float, alpha: Float, horizon: float) -> NDArray[np.bool_]:
    """Whether the sequence of an entry's row signals at that entry's look, by METHODS part 5.

    At least `n_min` cases, and a log-likelihood ratio that reaches the critical value of the
    row's `alpha` [entries] and the `horizon`, up to which the looks go on.
    """
    designs, index = np.unique(np.column_stack([n_min, alpha]), axis=0, return_inverse=True)
    critical = np.array(
        [critical_value_poisson(horizon, int(fewest), 0.0, error) for fewest, error in designs]
    )
    if not looks.n.size:
        return np.zeros(0, dtype=bool)
    reached = llr(looks.n, looks.expected) >= critical[index.ravel()]
    return reached & (looks.n >= n_min) & (looks.expected <= horizon)
