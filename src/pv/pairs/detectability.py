"""Detectability: could a single country have been expected to flag what the pool flags?

For each country the critical count of the rule (`pv.pairs.critical`) and the probability that
as many cases would have come, X ~ Poisson(RR E_k), had the product the same relative risk RR
everywhere (METHODS part 7). RR is the pooled estimate n/E; its lower limit, because an estimate
that was picked out for being high overstates what could be seen; and the rule's reference RRs.
"""

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.counts.counts import Counts, Float, Int
from pv.pairs import critical
from pv.pairs.decision import Decision
from pv.pairs.pooling import Pairs, Tables, chunks
from pv.pairs.screen import Screen
from pv.spec.rule import Rule
from pv.stats import power
from pv.warehouse.relations import put, run

_REFERENCES = ("p_at_small_rr", "p_at_medium_rr", "p_at_large_rr")


def fill(con: duckdb.DuckDBPyConnection, screen: Screen, *, evidence: bool) -> None:
    """Fill mart.country_power and mart.region_power and work.pair_power.

    Looked at are pairs that the pool flags: those of advanced therapies, and those that no country
    flags now; without `evidence` none.
    """
    chosen = np.flatnonzero(screen.flagged & (screen.advanced | ~screen.by_country) & evidence)
    parts = [
        _of_pairs(screen.counts, screen.pairs, part, screen.decide)
        for part in [*chunks(screen.counts, chosen)] or [chosen]
    ]
    joined = {
        name: {c: np.concatenate([part[name][c] for part in parts]) for c in columns}
        for name, columns in parts[0].items()
    }
    put(con, "work.country_chance", joined["country"])
    put(con, "work.region_chance", joined["region"])
    put(con, "work.pair_chance", joined["pair"])
    run(con, "pairs/detectability")


def _of_pairs(
    counts: Counts, pairs: Pairs, chosen: Int, decide: Decision
) -> dict[str, dict[str, NDArray[np.generic]]]:
    """The columns of work.country_chance, region_chance and pair_chance for some pairs."""
    name = {"product_no": pairs.product[chosen], "event_no": pairs.event[chosen]}
    product, rule, strata = name["product_no"], decide.rule, counts.totals.size
    n_product = counts.product_margin[product]
    tables = Tables.of(counts, pairs, chosen)
    a = tables.by_stratum(tables.a, strata)
    expected_k = tables.by_stratum(tables.expected, strata)
    n, expected = a.sum(1), expected_k.sum(1)
    risks = relative_risks(n, expected, rule)

    pair, at = np.nonzero(n_product > 0)
    can_flag = counts.is_country[at]
    needed = np.full(pair.size, np.nan)
    needed[can_flag] = _needed(
        counts, tables, product, name["event_no"], pair[can_flag], at[can_flag], decide
    )
    chances = _chances(needed, expected_k[pair, at], {k: rr[pair] for k, rr in risks.items()})
    for chance in chances.values():
        chance[~can_flag] = np.nan
    country = {
        **{key: column[pair] for key, column in name.items()},
        "stratum_no": at,
        "is_country": can_flag,
        "a": a[pair, at].astype(np.int64),
        "expected": expected_k[pair, at],
        "excess": (a - expected_k)[pair, at],
        "critical_count": needed,
        **chances,
    }

    # A stratum that cannot flag is below any that can: the first country is the best of equals.
    of_country = np.full(a.shape, -1.0)
    of_country[pair, at] = np.where(can_flag, chances["p_at_estimate"], -1.0)
    best = of_country.argmax(1) if counts.totals.size else np.zeros(chosen.size, dtype=np.intp)
    best_power = of_country.max(1, initial=-1.0)
    with np.errstate(divide="ignore"):
        any_country = -np.expm1(np.log1p(-np.maximum(of_country, 0.0)).sum(1))
    pooled_needed = critical.of_strata(product, tables.pair, *tables.margins, decide)
    pool = {
        **name,
        "best_stratum_no": best,
        "best_country_power": np.where(best_power < 0, np.nan, best_power),
        "any_country_power": any_country,
        "detectable": best_power >= rule.detectable_from,
        "critical_count": pooled_needed,
        "pool_power": _probability(pooled_needed, n),
    }
    region = _of_regions(counts, name, tables, a, expected_k, risks, decide)
    return {"country": country, "region": region, "pair": pool}


def _needed(  # noqa: PLR0913, PLR0917  (what `_of_pairs` has at hand)
    counts: Counts, tables: Tables, product: Int, event: Int, pair: Int, stratum: Int,
    decide: Decision,
) -> Float:  # fmt: skip
    """Critical counts of pairs in strata [tables], each over the periods of its stratum.

    Where product and event never occur in one period the stratum's whole table is asked.
    """
    strata = counts.totals.size
    key = pair * strata + stratum
    row = tables.pair * strata + tables.stratum
    at = np.searchsorted(key, row)
    own = np.isin(row, key)
    n_product, n_event, total = (values[own] for values in tables.margins)
    found = critical.of_strata(product[pair], at[own], n_product, n_event, total, decide)
    apart = np.flatnonzero(np.bincount(at[own], minlength=key.size) == 0)
    some, there = pair[apart], stratum[apart]
    found[apart] = critical.of_tables(
        product[some], counts.product_margin[product[some], there],
        counts.event_margin[event[some], there], counts.totals[there], decide,
    )  # fmt: skip
    return found


def _of_regions(  # noqa: PLR0913, PLR0917  (what `_of_pairs` has at hand)
    counts: Counts,
    name: dict[str, Int],
    tables: Tables,
    a: Float,
    expected_k: Float,
    risks: dict[str, Float],
    decide: Decision,
) -> dict[str, NDArray[np.generic]]:
    """The same for regions, stratified by their countries, where product and event both occur."""
    parts: list[dict[str, NDArray[np.generic]]] = []
    # Without any known region there is one empty part, for the names of its columns.
    for region in sorted({r for r in counts.region if r is not None}) or [object()]:
        strata = np.flatnonzero(counts.region == region)
        expected = expected_k[:, strata].sum(1)
        pair = np.flatnonzero(expected > 0)
        keys = {key: column[pair] for key, column in name.items()}
        place = np.full(expected.size, -1)
        place[pair] = np.arange(pair.size)
        own = np.isin(tables.stratum, strata)
        n_product, n_event, total = (values[own] for values in tables.margins)
        needed = critical.of_strata(
            keys["product_no"], place[tables.pair[own]], n_product, n_event, total, decide
        )
        n = a[pair][:, strata].sum(1)
        parts.append(
            {
                **keys,
                # Any stratum of the region names it.
                "stratum_no": np.full(pair.size, strata[0] if strata.size else 0),
                "n": n.astype(np.int64),
                "expected": expected[pair],
                "excess": n - expected[pair],
                "critical_count": needed,
                **_chances(needed, expected[pair], {k: rr[pair] for k, rr in risks.items()}),
            }
        )
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def relative_risks(n: Float, expected: Float, rule: Rule) -> dict[str, Float]:
    """The relative risks [pairs] at which detection is computed, by the name of its column.

    The lower limit is that of the rule: 2^IC025 where it reads IC025, else the exact lower 95%
    limit of n/E.
    """
    if rule.needs("ic025"):
        lower = special.gammaincinv(n + 0.5, 0.025) / (expected + 0.5)
    else:
        lower = special.gammaincinv(n, 0.025) / expected
    references = {
        name: np.full(n.shape, rr)
        for name, rr in zip(_REFERENCES, rule.reference_rr, strict=True)
    }  # fmt: skip
    return {"p_at_estimate": n / expected, "p_at_lower": lower, **references}


def _chances(needed: Float, expected: Float, risks: dict[str, Float]) -> dict[str, Float]:
    return {name: _probability(needed, rr * expected) for name, rr in risks.items()}


def _probability(needed: Float, mean: Float) -> Float:
    """P(X >= needed), X ~ Poisson(mean); 0 where no count would do."""
    never = np.isnan(needed)
    return np.where(
        never, 0.0, power.detection_probability(mean, n_min=np.where(never, 1.0, needed))
    )
