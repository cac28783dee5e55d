"""Huang's maximum likelihood ratio test against every outcome of a small table."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from pv.stats import disproportionality as dis


def exact_p_values(n: np.ndarray, n_event: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each event's ratio, and the chance that the largest of all outcomes is as large."""
    total, share = int(n.sum()), n_event / n_event.sum()
    outcomes = np.array(
        [x for x in product(range(total + 1), repeat=n.size) if sum(x) == total], dtype=float
    )

    def ratio(x: np.ndarray) -> np.ndarray:
        # The definition: a binomial likelihood with its own share against that of the null.
        log_own = stats.binom.logpmf(x, total, x / total)
        return np.where(x > total * share, log_own - stats.binom.logpmf(x, total, share), 0)

    chance = stats.multinomial.pmf(outcomes, total, share)
    largest = ratio(outcomes).max(1)
    p = np.array([chance[largest >= here - 1e-9].sum() for here in ratio(n)])
    return ratio(n), np.minimum(p, 1)


@pytest.mark.parametrize(
    ("n", "n_event"),
    [
        ([5, 1, 0, 2], [9, 12, 20, 30]),
        ([0, 4, 4], [40, 40, 6]),
        ([2, 2, 2, 1], [20, 20, 20, 10]),
        ([7, 0], [8, 30]),
    ],
)
def test_p_values_are_those_of_the_enumeration(n: list[int], n_event: list[int]) -> None:
    llr, exact = exact_p_values(np.array(n, dtype=float), np.array(n_event, dtype=float))
    found = dis.lrt_scan(n, n_event, draws=39_999)
    assert found.llr == pytest.approx(llr)
    error = np.sqrt(exact * (1 - exact) / 39_999)
    assert (np.abs(found.p_value - exact) <= 4 * error + 1 / 40_000).all()
    assert found.overall_p_value == found.p_value[np.argmax(llr)]


def test_the_error_is_held_over_all_events_together() -> None:
    rng = np.random.default_rng(1)
    margin = np.sort(rng.lognormal(4, 1.5, 40).round() + 30)
    tables = rng.multinomial(60, margin / margin.sum(), size=400)
    tables = tables[(tables <= margin).all(1)]
    assert len(tables) > 390
    rejected = np.mean([dis.lrt_scan(n, margin, draws=199).overall_p_value <= 0.05 for n in tables])
    assert 0.02 < rejected < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 390)


def test_the_ratio_is_the_closed_form_of_the_table_of_mentions() -> None:
    n, margin = np.array([5, 1, 0, 2]), np.array([9, 12, 20, 30])
    assert dis.lrt_scan(n, margin).llr == pytest.approx(
        dis.lrt(n, n_product=margin, n_event=n.sum(), n_total=margin.sum())
    )
