"""PRR, ROR and E against vigipy on one table of counts.

Only these: its BCPNN uses another prior, and its sequential boundary is off by 10 to 35%. vigipy
takes margins as sums of pair counts, which is right only where, as here, each case is one pair.
"""

import numpy as np
import pandas as pd
import pytest
import vigipy

from pv.stats import disproportionality, twobytwo


def test_ratios_intervals_and_expectation_of_a_whole_table() -> None:
    counts = np.random.default_rng(3).poisson(4, (12, 15)) + 1
    pairs = pd.DataFrame(
        [(f"P{i}", f"E{j}", int(counts[i, j])) for i, j in np.ndindex(counts.shape)],
        columns=["name", "AE", "count"],
    )
    container = vigipy.convert(pairs)
    cells = twobytwo.from_margins(
        counts, counts.sum(1, keepdims=True), counts.sum(0, keepdims=True), counts.sum()
    )
    expected = twobytwo.expected(*cells)
    for name, theirs, ours in (
        ("PRR", vigipy.prr(container, min_events=1), disproportionality.prr(*cells)),
        ("ROR", vigipy.ror(container, min_events=1), disproportionality.ror(*cells)),
    ):
        rows = theirs.all_signals
        assert len(rows) == counts.size
        at = (
            rows["Product"].str[1:].astype(int).to_numpy(),
            rows["Adverse Event"].str[1:].astype(int).to_numpy(),
        )
        assert expected[at] == pytest.approx(rows["Expected Count"].to_numpy())
        assert ours.estimate[at] == pytest.approx(rows[name].to_numpy())
        # vigipy rounds the normal quantile to 1.96.
        assert ours.lower[at] == pytest.approx(rows["CI Lower"].to_numpy(), rel=1e-4)
        assert ours.upper[at] == pytest.approx(rows["CI Upper"].to_numpy(), rel=1e-4)
