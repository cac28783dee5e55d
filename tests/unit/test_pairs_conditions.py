"""The first conditions on arrays: when one country holds too much."""

from fractions import Fraction

import numpy as np
import pytest

from pv.counts.counts import Counts
from pv.pairs import conditions
from pv.pairs.pooling import Pairs
from pv.spec import AnalysisSpec

# The largest share, as a rule's file writes it.
SHARES = ("0.5", "0.6", "0.7", "0.75", "0.8", "0.9", "0.35", "0.07")
# 7/10 of the cases, which share * n, rounded, falls short of.
SHORT = [(63, 90), (119, 170), (126, 180), (231, 330), (238, 340), (245, 350), (252, 360)]


def two_countries(most: np.ndarray, rest: np.ndarray) -> Counts:
    """One pair for each entry, its cases in DE and FR."""
    pairs = most.size
    big = np.full((pairs, 2), 1_000.0)
    return Counts.of_whole_strata(
        big, big[:1], np.full(2, 1e6),
        np.repeat(np.arange(pairs), 2), np.zeros(2 * pairs, dtype=np.int64),
        np.tile([0, 1], pairs), np.stack([most, rest], axis=1).ravel(),
        np.array(["DE", "FR"], dtype=object), np.array(["Europe", "Europe"], dtype=object),
        np.zeros(pairs, dtype=bool), np.zeros(pairs, dtype=bool), np.array([True]),
        np.zeros(pairs, dtype=bool), np.array([False]),
    )  # fmt: skip


def allowed(most: np.ndarray, n: np.ndarray, share: str) -> np.ndarray:
    counts = two_countries(most, n - most)
    rule = AnalysisSpec.load().rule.model_copy(update={"max_country_share": float(share)})
    return conditions.spread(counts, Pairs.of(counts), counts.a, rule).holds


@pytest.mark.parametrize("share", SHARES)
def test_a_share_is_compared_exactly(share: str) -> None:
    n = np.repeat(np.arange(2, 400), np.arange(2, 400) // 2)
    most = n - np.concatenate([np.arange(1, size // 2 + 1) for size in range(2, 400)])
    exact = [Fraction(int(m), int(k)) <= Fraction(share) for m, k in zip(most, n, strict=True)]

    assert allowed(most, n, share).tolist() == exact


def test_cases_in_which_a_product_would_have_rounded_away_the_equality() -> None:
    most, n = np.array(SHORT).T

    assert not (most <= 0.7 * n).any()
    assert allowed(most, n, "0.7").all()
    assert not allowed(most + 1, n, "0.7").any()
