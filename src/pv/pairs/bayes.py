"""Empirical Bayes in the night: one prior from the whole table, used for pool and countries."""

import json
from dataclasses import asdict, dataclass

import duckdb
import numpy as np

from pv.counts.counts import Counts, Float
from pv.errors import PoolvigilError
from pv.pairs.pooling import Pairs
from pv.spec.rule import Rule
from pv.stats import gps
from pv.stats.gps_fit import GpsFit, GpsNotIdentified, fit
from pv.stats.gps_zeros import zero_bins


@dataclass(frozen=True, slots=True)
class Prior:
    """The fitted prior, or the reason why the data do not determine one."""

    found: GpsFit | None
    refusal: str | None

    def eb05(self, n: Float, expected: Float) -> Float:
        """EB05 of each pair; nan without a prior."""
        if self.found is None:
            return np.full(n.shape, np.nan)
        return gps.eb05(n, expected, self.found.prior)

    def interval(self, n: Float, expected: Float) -> dict[str, Float]:
        """EBGM, EB05 and EB95 of each pair; nan without a prior."""
        if self.found is None:
            nothing = np.full(n.shape, np.nan)
            return {"ebgm": nothing, "eb05": nothing, "eb95": nothing}
        found = gps.ebgm_interval(n, expected, self.found.prior)
        return {"ebgm": found.estimate, "eb05": found.lower, "eb95": found.upper}

    def row(self) -> dict[str, object]:
        """The row of mart.prior."""
        if self.found is None:
            return {"identified": False, "refusal": self.refusal, "likelihood": "full"}
        return {
            "identified": True,
            **asdict(self.found.prior),
            "likelihood": self.found.likelihood,
            "neg_log_likelihood": self.found.neg_log_likelihood,
            "prior_limit": self.found.limit,
            "certificate": json.dumps(asdict(self.found.certificate)),
        }


def fit_prior(counts: Counts, pairs: Pairs, pooled: dict[str, Float], rule: Rule) -> Prior:
    """Fit the two-gamma prior to stratified counts, zeros included (METHODS part 2).

    Event groups hold the cases of their members again, so only single events are fitted. Raises
    `PoolvigilError` when the rule needs EB05 and the data do not determine a prior.
    """
    single = counts.single_event[pairs.event]
    if not single.any():
        return Prior(None, "no case has a product and an event")
    try:
        # Products and events without a case at this look say nothing.
        products, events = counts.product_margin.any(1), counts.event_margin.any(1)
        events &= counts.single_event
        zeros = zero_bins(
            counts.periods.product[np.flatnonzero(products)],
            counts.periods.event[np.flatnonzero(events)],
            counts.periods.totals,
            observed_product=(np.cumsum(products) - 1)[pairs.product[single]],
            observed_event=(np.cumsum(events) - 1)[pairs.event[single]],
        )
        return Prior(fit(pooled["n"][single], pooled["expected"][single], zeros=zeros), None)
    except GpsNotIdentified as error:
        if rule.needs("eb05"):
            raise PoolvigilError(
                f"rule {rule.name} needs EB05, but {error}; use another rule until there are "
                "more reports"
            ) from error
        return Prior(None, error.reason)


def record(con: duckdb.DuckDBPyConnection, prior: Prior) -> None:
    """Write the prior, or why there is none, to mart.prior."""
    row = prior.row()
    chosen = ", ".join(f"${name} as {name}" for name in row)
    con.execute(f"insert into mart.prior by name select {chosen}", row)
