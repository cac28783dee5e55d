"""The screen: the statistics of every pair of one look, and where the rule holds."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.counts.counts import Counts, Float, Int
from pv.pairs import bayes, conditions, pooling
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.spec.rule import Rule
from pv.stats import multiplicity
from pv.warehouse.relations import put, run

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Screen:
    """Statistics of P pairs and C cells by name, and where the rule holds.

    `pooled` and `crude` are of the pairs, `cell` of the cells. `flagged` [P] is the pool's,
    `crude_flagged` [P] of the collapsed tables, `alone` [C] of each cell's stratum;
    `by_country` [P]: a country flags now. `expected_by_country` [P] is E without periods of
    receipt; `time_flagged` [P]: with that the pool would flag, and does not.
    """

    counts: Counts
    pairs: Pairs
    decide: Decision
    pooled: dict[str, Float]
    crude: dict[str, Float]
    cell: dict[str, Float]
    flagged: Mask
    crude_flagged: Mask
    alone: Mask
    by_country: Mask
    expected_by_country: Float
    time_flagged: Mask

    @classmethod
    def of(cls, counts: Counts, rule: Rule, prior: bayes.Prior | None) -> "Screen":
        """The screen of some counts; without a prior one is fitted to them."""
        pairs = Pairs.of(counts)
        with ThreadPoolExecutor(1) as beside:
            of_cells = beside.submit(pooling.of_cells, counts)
            pooled, crude = pooling.pooled(counts, pairs), pooling.crude(counts, pairs)
            prior = prior or bayes.fit_prior(counts, pairs, pooled, rule)
        pooled.update(prior.interval(pooled["n"], pooled["expected"]))
        decide, cell = Decision(rule, prior, counts.monitored), of_cells.result()
        alone = decide(counts.product, cell["a"], cell)
        flagged = decide(pairs.product, pooled["n"], pooled)
        return cls(
            counts, pairs, decide, pooled, crude, cell, flagged,
            decide(pairs.product, pooled["n"], crude),
            alone, conditions.by_country(counts, pairs, alone),
            pooling.expected_by_stratum(counts, pairs),
            without_periods(counts, pairs, decide, ~flagged),
        )  # fmt: skip

    @property
    def asked(self) -> Mask:
        """Pairs [P] of which the conditions are asked: flagged by the pool, by a country now, by
        country alone, or on the collapsed table."""
        return self.flagged | self.by_country | self.time_flagged | self.crude_flagged

    @property
    def advanced(self) -> Mask:
        """Pairs [P] of advanced therapies."""
        return self.counts.advanced[self.pairs.product]

    def pooled_alone(self) -> Mask:
        """Pairs [P] that meet the first three conditions, as far as this look shows."""
        return conditions.pooled_alone(
            self.counts, self.pairs, self.flagged, self.alone, self.crude["ic"], self.decide.rule
        )


def without_periods(counts: Counts, pairs: Pairs, decide: Decision, asked: Mask) -> Mask:
    """Where the rule holds on some of the pairs [P] when the periods of each stratum are one."""
    n = np.bincount(pairs.of_cell, weights=counts.a, minlength=asked.size)
    chosen = asked & (n >= decide.fewest())
    part = counts.of_cells(chosen[pairs.of_cell]).without_periods()
    few = Pairs.of(part)
    found = pooling.pooled(part, few)
    result = np.zeros(asked.size, dtype=bool)
    result[np.flatnonzero(chosen)] = decide(few.product, found["n"], found)
    return result


def fill(
    con: duckdb.DuckDBPyConnection,
    screen: Screen,
    regions: dict[str, np.ndarray],
    fragility: Int,
    homogeneity_p: Float,
) -> None:
    """Fill mart.pair, mart.pair_country, mart.pair_region and mart.prior.

    `fragility` [P] and `homogeneity_p` [P] are columns of mart.pair; `regions` are `of_regions`.
    """
    counts, pairs, pooled = screen.counts, screen.pairs, screen.pooled
    put(
        con,
        "work.cell_statistic",
        {
            **screen.cell,
            "product_no": counts.product,
            "event_no": counts.event,
            "stratum_no": counts.stratum,
            "flagged": screen.alone,
        },
    )
    midp = _mid_p(pooled["n"], pooled["expected"])
    crude = {f"crude_{key}": values for key, values in screen.crude.items()}
    put(
        con,
        "work.pair_statistic",
        {
            "product_no": pairs.product,
            "event_no": pairs.event,
            **pooled,
            "n_product": screen.crude["n_product"],
            "n_event": screen.crude["n_event"],
            "n_cases": np.full(pairs.product.size, counts.totals.sum()),
            "expected_by_country": screen.expected_by_country,
            "time_flagged": screen.time_flagged,
            **{key: crude[key] for key in _CRUDE},
            "midp": midp,
            "bh_midp": multiplicity.benjamini_hochberg(midp),
            "flagged": screen.flagged,
            "crude_flagged": screen.crude_flagged,
            "loco_fragility": fragility,
            "homogeneity_p": homogeneity_p,
        },
    )
    put(con, "work.region_statistic", regions)
    run(con, "pairs/statistics")
    bayes.record(con, screen.decide.prior)


_CRUDE = (
    "crude_expected", "crude_ic", "crude_ic025", "crude_ic975", "crude_ror", "crude_ror025",
    "crude_ror975", "crude_prr", "crude_chi2_yates",
)  # fmt: skip


def of_regions(counts: Counts, decide: Decision) -> dict[str, np.ndarray]:
    """The statistics of each pair in each region, as columns of work.region_statistic."""
    parts: list[dict[str, np.ndarray]] = []
    known = sorted({r for r in counts.region if r is not None})
    # Without any known region the strata that have none stand in; the SQL leaves them out.
    for region in known or [None]:
        strata = np.flatnonzero(counts.region == region)
        part = counts.of_strata(strata)
        pairs = Pairs.of(part)
        found = pooling.pooled(part, pairs)
        parts.append(
            {
                **found,
                "product_no": pairs.product,
                "event_no": pairs.event,
                # Any stratum of the region names it.
                "stratum_no": np.full(pairs.product.size, strata[0] if strata.size else 0),
                "flagged": decide(pairs.product, found["n"], found),
            }
        )
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def _mid_p(n: Float, expected: Float) -> Float:
    """One-sided Poisson mid-p, P(X > n) + P(X = n)/2."""
    above = special.gammainc(n + 1, expected)
    at_least = np.where(n > 0, special.gammainc(np.maximum(n, 1), expected), 1.0)
    return (above + at_least) / 2
