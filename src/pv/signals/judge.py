"""Fill the mart: counts, the statistics of each pair, and the verdict of each pair."""

from datetime import date

import duckdb
import numpy as np
from scipy import special

from pv.signals import counts as counting
from pv.signals import fragility, looks, pooling, rates
from pv.signals.counts import Counts, Float, Int
from pv.signals.rules import Rule
from pv.stats import multiplicity
from pv.warehouse.frames import insert
from pv.warehouse.numbered import run_step, transaction


def judge(con: duckdb.DuckDBPyConnection, rule: Rule, as_of: date) -> dict[str, int]:
    """Rebuild every mart table in one transaction; returns the number of pairs by verdict."""
    params = {
        "roles": list(rule.roles),
        "as_of": as_of,
        "max_share": rule.max_country_share,
        "min_countries": rule.min_countries,
        "rule": rule.description,
    }
    with transaction(con):
        run_step(con, "40_mart", params)
        _statistics(con, counting.read(con), rule)
        looks.fill(con, rule)
        rates.fill(con, as_of)
        run_step(con, "48_signal", params)
    found = con.execute("select verdict, count(*) from mart.signal group by all order by all")
    return dict(found.fetchall())


def _statistics(con: duckdb.DuckDBPyConnection, counts: Counts, rule: Rule) -> None:
    product, event, kind = _names(con)
    pairs = pooling.Pairs.of(counts)
    name = {
        "product": product[pairs.product],
        "event": event[pairs.event],
        "event_kind": kind[pairs.event],
    }

    cell = pooling.of_cells(counts)
    strata = np.array(
        [row[0] for row in con.execute(
            "select stratum from counted_stratum order by stratum_no"
        ).fetchall()],
        dtype=object,
    )  # fmt: skip
    insert(
        con,
        "mart.pair_country",
        {
            **cell,
            "product": product[counts.product],
            "event": event[counts.event],
            "event_kind": kind[counts.event],
            "country": strata[counts.stratum],
            "is_country": np.array([c is not None for c in counts.country])[counts.stratum],
            "flagged": _flagged(rule, counts, counts.product, counts.a, cell),
        },
    )

    pooled, crude = pooling.pooled(counts, pairs), pooling.crude(counts, pairs)
    flagged = _flagged(rule, counts, pairs.product, pooled["n"], pooled)
    crude_flagged = _flagged(rule, counts, pairs.product, pooled["n"], crude)
    midp = _mid_p(pooled["n"], pooled["expected"])
    insert(
        con,
        "mart.pair",
        {
            **name,
            **pooled,
            "n_product": crude["n_product"],
            "n_event": crude["n_event"],
            "n_cases": np.full(flagged.size, counts.totals.sum()),
            **{
                f"crude_{key}": crude[key]
                for key in ("expected", "ic", "ic025", "ror", "ror025", "prr", "chi2_yates")
            },
            "midp": midp,
            "q_value": multiplicity.benjamini_hochberg(midp),
            "flagged": flagged,
            "crude_flagged": crude_flagged,
            "loco_fragility": fragility.loco(counts, pairs, flagged, rule),
        },
    )
    _regions(con, counts, rule, (product, event, kind))


def _regions(
    con: duckdb.DuckDBPyConnection, counts: Counts, rule: Rule, names: tuple[np.ndarray, ...]
) -> None:
    product, event, kind = names
    parts: list[dict[str, np.ndarray]] = []
    for region in sorted({r for r in counts.region if r is not None}):
        part = counts.of_strata(np.flatnonzero(counts.region == region))
        pairs = pooling.Pairs.of(part)
        found = pooling.pooled(part, pairs)
        parts.append(
            {
                **found,
                "product": product[pairs.product],
                "event": event[pairs.event],
                "event_kind": kind[pairs.event],
                "region": np.full(pairs.product.size, region, dtype=object),
                "flagged": _flagged(rule, part, pairs.product, found["n"], found),
            }
        )
    if parts:
        insert(
            con,
            "mart.pair_region",
            {key: np.concatenate([part[key] for part in parts]) for key in parts[0]},
        )


def _flagged(
    rule: Rule, counts: Counts, product: Int, n: Float | Int, found: dict[str, Float]
) -> np.ndarray:
    whole = n.astype(np.int64)
    return rule.holds(whole, pooling.decisive(found, whole), counts.monitored[product])


def _mid_p(n: Float, expected: Float) -> Float:
    """One-sided Poisson mid-p, P(X > n) + P(X = n)/2."""
    above = special.gammainc(n + 1, expected)
    at_least = np.where(n > 0, special.gammainc(np.maximum(n, 1), expected), 1.0)
    return (above + at_least) / 2


def _names(con: duckdb.DuckDBPyConnection) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    products = con.execute("select product from product_code order by product_no").fetchall()
    events = con.execute("select event, event_kind from event_code order by event_no").fetchall()
    return (
        np.array([row[0] for row in products], dtype=object),
        np.array([row[0] for row in events], dtype=object),
        np.array([row[1] for row in events], dtype=object),
    )
