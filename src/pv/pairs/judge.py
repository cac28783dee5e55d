"""Fill the mart: counts, the statistics of each pair, and the verdict of each pair."""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.counts import tally as tallying
from pv.counts.counts import Counts, Float
from pv.counts.tally import Tally
from pv.pairs import (
    bayes,
    blindness,
    candidates,
    conditions,
    fragility,
    history,
    looks,
    placebo,
    pooling,
)
from pv.pairs.conditions import Pool
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs
from pv.spec import AnalysisSpec
from pv.stats import multiplicity
from pv.warehouse.connect import empty
from pv.warehouse.frames import register
from pv.warehouse.numbered import run_step
from pv.warehouse.relations import run


@dataclass(frozen=True, slots=True)
class Look:
    """A look to be judged: its number, its date, and what is asked of it.

    `prior` is None for a night, which fits one; a replay gives the look's own. `state_id` names
    the state in mart.signal_history; without one it is not kept there.
    """

    number: int
    as_of: date
    spec: AnalysisSpec
    state_id: str | None
    prior: bayes.Prior | None = None


def enter(con: duckdb.DuckDBPyConnection, look: Look) -> None:
    """Empty the mart, but for its history, and let counted_* show what counts at the look."""
    empty(con, "mart")
    run(con, "count/at_look", {"look_no": look.number})


def state(con: duckdb.DuckDBPyConnection, counts: Counts, look: Look, tally: Tally | None) -> None:
    """Judge one look: fill the pair tables, mart.first_flag and mart.signal, and add the state.

    A night and a replay share it. `counts` are those of the look; a replay may leave out pairs
    that the rule holds for nowhere, gives the tally of what each look added, and saves the
    evidence that no verdict reads.
    """
    found = _statistics(con, counts, look, evidence=tally is None)
    run_step(con, "pairs/statistics", {})
    chosen = found.only if tally else found.looked_at
    product, event = found.pairs.product[chosen], found.pairs.event[chosen]
    sweep = tallying.read(con, product, event) if tally is None else tally.of_pairs(product, event)
    first = looks.first_flags(sweep, found.decide, look.number, pool=tally is None)
    looks.record(con, sweep, first)
    conditions.fill(
        con, counts, found.pairs, found.pool, found.decide, look.spec.linkage, look.as_of
    )
    run_step(
        con,
        "pairs/verdict",
        {
            "as_of": look.as_of,
            "max_share": look.spec.rule.max_country_share,
            "min_countries": look.spec.rule.min_countries,
            "rule": look.spec.rule.description,
        },
    )
    if look.state_id is not None:
        history.append(con, look.state_id, look.as_of, look.spec.rule)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the statistics say: how the night decides, and the pairs [P] to look back at.

    `only` are flagged by the pool and by no country; `looked_at` these, and flagged pairs of
    advanced therapies.
    """

    decide: Decision
    pairs: Pairs
    pool: Pool
    only: NDArray[np.bool_]
    looked_at: NDArray[np.bool_]


def _statistics(
    con: duckdb.DuckDBPyConnection, counts: Counts, look: Look, *, evidence: bool
) -> _Found:
    """Register the columns of the pair tables."""
    pairs = Pairs.of(counts)
    name = {"product_no": pairs.product, "event_no": pairs.event}

    pooled, crude = pooling.pooled(counts, pairs), pooling.crude(counts, pairs)
    prior = look.prior or bayes.fit_prior(counts, pairs, pooled, look.spec.rule)
    pooled.update(prior.interval(pooled["n"], pooled["expected"]))
    decide = Decision(look.spec.rule, prior, counts.monitored)

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
    open_ = candidates.pooled_alone(counts, pairs, flagged, alone, crude["ic"], look.spec.rule)
    asked = flagged if evidence else open_
    homogeneity_p = fragility.homogeneous(counts, pairs, asked, look.spec.seed)
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
            "loco_fragility": fragility.loco(counts, pairs, flagged & evidence, decide),
            "homogeneity_p": homogeneity_p,
        },
    )
    register(con, "pair_region_columns", _regions(counts, decide))
    bayes.record(con, prior)
    country = counts.is_country[counts.stratum] & alone
    somewhere = np.bincount(pairs.of_cell[country], minlength=flagged.size) > 0
    only = flagged & ~somewhere
    looked_at = only | (counts.advanced[pairs.product] & (flagged | somewhere))
    worth = blindness.worth_knowing(counts, pairs, flagged & evidence, alone & evidence)
    blindness.fill(con, counts, pairs, worth, decide)
    if evidence:
        placebo.fill(con, counts, decide, look.spec.seed)
    also = flagged & counts.advanced[pairs.product] & evidence
    return _Found(decide, pairs, Pool(open_, also, homogeneity_p), only, looked_at)


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
