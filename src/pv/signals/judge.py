"""Fill the mart: counts, the statistics of each pair, and the verdict of each pair."""

from datetime import date

import duckdb
import numpy as np
from scipy import special

from pv.signals import (
    bayes,
    blindness,
    candidates,
    conditions,
    fragility,
    looks,
    placebo,
    pooling,
    rates,
    windows,
)  # fmt: skip
from pv.signals import counts as counting
from pv.signals.conditions import Pool
from pv.signals.counts import Counts, Float
from pv.signals.decision import Decision
from pv.signals.design import Design
from pv.signals.design import load as load_design
from pv.signals.plan import Assumption, load_retention
from pv.signals.pooling import Pairs
from pv.signals.rules import Rule
from pv.stats import multiplicity
from pv.warehouse.connect import empty
from pv.warehouse.frames import register
from pv.warehouse.numbered import run_step, transaction


def judge(  # noqa: PLR0913, PLR0917 - what a verdict depends on
    con: duckdb.DuckDBPyConnection,
    rule: Rule,
    as_of: date,
    seed: int = 1,
    design: Design | None = None,
    assumption: Assumption | None = None,
) -> dict[str, int]:
    """Rebuild every mart table in one transaction; returns the number of pairs by verdict.

    `seed` is that of the Monte Carlo p-values; `design` that of the sequential chains and
    `assumption` of retention, each as shipped unless given.
    """
    design, assumption = design or load_design(), assumption or load_retention()
    params = {
        "roles": list(rule.roles),
        "as_of": as_of,
        "max_share": rule.max_country_share,
        "min_countries": rule.min_countries,
        "rule": rule.description,
    }
    with transaction(con):
        empty(con, "mart")
        run_step(con, "40_mart", params)
        counts = counting.read(con)
        pairs = Pairs.of(counts)
        decide, pool = _statistics(con, counts, pairs, rule, seed)
        run_step(con, "41_pair", {})
        looks.fill(con, rule, decide)
        rates.fill(con, as_of)
        windows.fill(con, as_of, list(rule.roles), design, assumption)
        conditions.fill(con, counts, pairs, pool, decide, as_of)
        run_step(con, "48_signal", params)
    found = con.execute("select verdict, count(*) from mart.signal group by all order by all")
    return dict(found.fetchall())


def _statistics(
    con: duckdb.DuckDBPyConnection, counts: Counts, pairs: Pairs, rule: Rule, seed: int
) -> tuple[Decision, Pool]:
    """Register the columns of the pair tables; returns how this night decides, and the pool."""
    name = {"product_no": pairs.product, "event_no": pairs.event}

    pooled, crude = pooling.pooled(counts, pairs), pooling.crude(counts, pairs)
    prior = bayes.fit_prior(counts, pairs, pooled, rule)
    pooled.update(prior.interval(pooled["n"], pooled["expected"]))
    decide = Decision(rule, prior, counts.monitored)

    cell = pooling.of_cells(counts)
    alone = decide(counts.product, cell["a"], cell)
    register(
        con,
        "pair_country_columns",
        {
            **cell,
            "product_no": counts.product,
            "event_no": counts.event,
            "stratum_no": counts.stratum,
            "flagged": alone,
        },
    )

    flagged = decide(pairs.product, pooled["n"], pooled)
    only = candidates.pooled_alone(counts, pairs, flagged, alone, crude["ic"], rule)
    homogeneity_p = fragility.homogeneous(counts, pairs, flagged, seed)
    midp = _mid_p(pooled["n"], pooled["expected"])
    register(
        con,
        "pair_columns",
        {
            **name,
            **pooled,
            "n_product": crude["n_product"],
            "n_event": crude["n_event"],
            "n_cases": np.full(flagged.size, counts.totals.sum()),
            **{
                f"crude_{key}": crude[key]
                for key in (
                    *("expected", "ic", "ic025", "ic975", "ror", "ror025", "ror975"),
                    *("prr", "chi2_yates"),
                )
            },
            "midp": midp,
            "q_value": multiplicity.benjamini_hochberg(midp),
            "flagged": flagged,
            "crude_flagged": decide(pairs.product, pooled["n"], crude),
            "loco_fragility": fragility.loco(counts, pairs, flagged, decide),
            "homogeneity_p": homogeneity_p,
        },
    )
    register(con, "pair_region_columns", _regions(counts, decide))
    bayes.record(con, prior)
    worth = blindness.worth_knowing(counts, pairs, flagged, alone)
    blindness.fill(con, counts, pairs, worth, decide)
    placebo.fill(con, counts, decide, seed)
    return decide, Pool(flagged, only, homogeneity_p)


def _regions(counts: Counts, decide: Decision) -> dict[str, np.ndarray]:
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
