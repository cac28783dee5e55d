"""The sparse pooled statistics against every stratum written out, zeros included."""

import numpy as np
import pytest

from pv.stats import stratified, twobytwo
from pv.stats._result import LogEstimate


class World:
    """Random strata with every pair of every product and event, most cells zero."""

    def __init__(self, seed: int, products: int = 5, events: int = 6, strata: int = 9) -> None:
        rng = np.random.default_rng(seed)
        self.totals = rng.integers(0, 80, strata) * (rng.random(strata) < 0.9)
        self.product = rng.binomial(self.totals, 0.2, (products, strata))
        self.event = rng.binomial(self.totals, 0.25, (events, strata))
        at = np.indices((products, events)).reshape(2, -1)
        self.product_at, self.event_at = at[0], at[1]
        row, column = self.product[self.product_at], self.event[self.event_at]
        # Any count that both margins allow; mostly none, as in real reports.
        lowest = np.maximum(0, row + column - self.totals)
        drawn = rng.integers(lowest, np.minimum(row, column) + 1)
        self.a = np.maximum(lowest, drawn * (rng.random(drawn.shape) < 0.4))
        self.cells = twobytwo.from_margins(self.a, row, column, self.totals)

    def sparse(self, shuffle: np.random.Generator | None = None) -> LogEstimate:
        pair, stratum = np.nonzero(self.a)
        order = np.arange(pair.size) if shuffle is None else shuffle.permutation(pair.size)
        return stratified.mh_or_sparse(
            self.product,
            self.event,
            self.totals,
            product_index=self.product_at,
            event_index=self.event_at,
            cell_pair=pair[order],
            cell_stratum=stratum[order],
            cell_a=self.a[pair, stratum][order],
        )


@pytest.mark.parametrize("seed", range(25))
def test_sparse_mantel_haenszel_equals_the_dense_tables(seed: int) -> None:
    world = World(seed)
    dense = stratified.mh_or(*world.cells)
    sparse = world.sparse()
    assert (world.a == 0).mean() > 0.4
    for name in ("estimate", "lower", "upper", "log_variance"):
        np.testing.assert_allclose(getattr(sparse, name), getattr(dense, name), rtol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_order_of_the_cells_does_not_matter(seed: int) -> None:
    world = World(seed)
    shuffled = world.sparse(np.random.default_rng(seed))
    np.testing.assert_allclose(shuffled.upper, world.sparse().upper, rtol=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_stratified_expectation_equals_the_sum_of_every_stratum_s_own(seed: int) -> None:
    world = World(seed)
    each = twobytwo.expected(*world.cells)  # nan in an empty stratum, which expects nothing
    fast = stratified.expected_from_margins(
        world.product,
        world.event,
        world.totals,
        product_index=world.product_at,
        event_index=world.event_at,
    )
    np.testing.assert_allclose(fast, np.nansum(each, axis=1), rtol=1e-12)


def test_leaving_the_zero_strata_out_would_inflate_the_ratio() -> None:
    """Why the sums run over all: the mistake this module exists to prevent is large."""
    world = World(0)
    right = stratified.mh_or(*world.cells).estimate
    only_with_cases = [np.where(world.a > 0, cell, 0) for cell in world.cells]
    wrong = stratified.mh_or(*only_with_cases).estimate
    both = np.isfinite(right) & np.isfinite(wrong) & (right > 0)
    assert np.all(wrong[both] >= right[both] * (1 - 1e-12))
    assert np.median(wrong[both] / right[both]) > 1.2
