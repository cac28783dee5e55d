"""CPU time of the control of error: p, V and q of a million pairs, all of them in scope.

    python benchmarks/chance.py [--products 1000] [--events 1000] [--countries 60]

Products and events are unrelated. The pairs are screened first, as a night does anyway; timed are
p-values of the pool and of the countries, the families with V at each pair, and the q-values of the
three lists.
"""

import argparse
import time

import numpy as np

from pv.counts.counts import Counts
from pv.pairs import bayes, pooling
from pv.pairs.bayes import Prior
from pv.pairs.chance import Chance
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.spec import AnalysisSpec
from pv.stats.gps import GpsPrior
from pv.stats.gps_fit import GpsCertificate, GpsFit

SEED = 1
CASES = 1_000_000
# Ratios of pairs without effect scatter by .4, and some are much larger.
PRIOR = GpsPrior(1.4, 0.17, 6.2, 6.6, 0.013)


def simulate(products: int, events: int, countries: int) -> Counts:
    """Countries of very unequal size, products and events of log-normal size."""
    rng = np.random.default_rng(SEED)
    share = 1 / np.arange(1, countries + 1)
    totals = np.floor(CASES * share / share.sum())

    def margin(rows: int, mean: float) -> np.ndarray:
        part = np.exp(rng.normal(np.log(mean), 1.2, (rows, 1)))
        return np.minimum(rng.poisson(part * rng.gamma(4, 1 / 4, (rows, countries)) * totals),
                          totals / 4).astype(float)  # fmt: skip

    product, event = margin(products, 4e-4), margin(events, 1e-3)
    cells: list[tuple[np.ndarray, ...]] = []
    for row in range(products):
        a = rng.poisson(product[row] * event / totals)
        a = np.minimum(a, np.minimum(product[row], event)).astype(np.int64)
        at, k = np.nonzero(a)
        cells.append((np.full(at.size, row), at, k, a[at, k]))
    p, e, k, a = (np.concatenate(part) for part in zip(*cells, strict=True))
    names = np.array([f"C{i}" for i in range(countries)], dtype=object)
    every = np.ones(products, dtype=bool)
    return Counts.of_whole_strata(
        product, event, totals, p, e, k, a, names, names, ~every, every,
        np.ones(events, dtype=bool), every, np.arange(events) < events // 20,
    )  # fmt: skip


def main() -> None:
    """Print a line for each null."""
    parser = argparse.ArgumentParser(description="p, V and q of many pairs.")
    parser.add_argument("--products", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--countries", type=int, default=60)
    options = parser.parse_args()
    counts = simulate(options.products, options.events, options.countries)
    pairs = Pairs.of(counts)
    pooled, cell = pooling.pooled(counts, pairs), pooling.of_cells(counts)
    rule = AnalysisSpec.load().rule
    certificate = GpsCertificate(0, 1, 1, 1, 1, 100)
    fitted = Prior(GpsFit(PRIOR, "full", 0.0, "none", certificate), None)
    for prior in (fitted, bayes.Prior(None, "none")):
        decide = Decision(rule, prior, counts.monitored)
        flagged = decide(pairs.product, pooled["n"], pooled)
        alone = decide(counts.product, cell["a"], cell)
        started = time.process_time()
        chance = Chance.of(
            counts, pairs, decide, flagged, alone, pooled["expected"], cell["expected"]
        )
        of_p = time.process_time() - started
        v = chance.expected_false()
        lists = chance.lists(~flagged, flagged)
        seconds = time.process_time() - started
        family = sum(part.size for kind in chance.pool.values() for part, _ in kind.parts)
        print(
            f"{chance.null.kind:9}  {family:,.0f} pairs in the families, {pairs.product.size:,} "
            f"with a case, {flagged.sum():,} flagged, {alone.sum():,} cells flagged: "
            f"{seconds:.2f} s of CPU ({of_p:.2f} for p and the families), "
            f"V at the least p {v[chance.p.argmin()]:.2g}, {lists.confirmed.sum()} confirmed"
        )


if __name__ == "__main__":
    main()
