"""How a night decides: the rule, on the statistics as it reads them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from pv.counts.counts import Float, Int
from pv.pairs import pooling
from pv.pairs.bayes import Prior
from pv.spec.rule import Rule
from pv.stats._stratum_sums import TableSums


@dataclass(frozen=True, slots=True)
class Decision:
    """The rule, the prior that EB05 needs, and which products [P] are additionally monitored."""

    rule: Rule
    prior: Prior
    monitored: NDArray[np.bool_]

    def __call__(self, product: Int, n: Float, statistics: dict[str, Float]) -> NDArray[np.bool_]:
        """Where the rule holds, for pairs given by their product, cases and statistics.

        An odds ratio is undefined where no case without the product has the event (or no case of
        the product is without it): just where an association is strongest. There the exact lower
        limit of n/expected stands in for ROR025. It is at most the odds ratio's own limit, since
        an odds ratio lies further from 1 than n/expected does.
        """
        expected = statistics["expected"]
        read = {**statistics, "ror025": statistics["ror025"].copy()}
        open_ = np.isnan(read["ror025"]) & (n > 0)
        read["ror025"][open_] = special.gammaincinv(n[open_], 0.025) / expected[open_]
        if self.rule.needs("eb05") and "eb05" not in read:
            read["eb05"] = self.prior.eb05(n, expected)
        return self.rule.holds(n.astype(np.int64), read, self.monitored[product])

    def on_sums(self, sums: TableSums, product: Int, n: Float | None = None) -> NDArray[np.bool_]:
        """Where the rule holds on pairs, by the sums over their strata.

        `n` are the cases of the pairs where those of the sums are not whole.
        """
        counted = sums if n is None else replace(sums, n=n)
        return self(product, counted.n, pooling.statistics(counted))

    def least(self, product: Int) -> Float:
        """The rule's n_min for each product."""
        rule = self.rule
        low = rule.n_min_additional_monitoring or rule.n_min
        return np.where(self.monitored[product], low, rule.n_min).astype(np.float64)

    def fewest(self) -> int:
        """The fewest cases with which the rule can hold for any product."""
        low = self.rule.n_min_additional_monitoring
        return self.rule.n_min if low is None else min(low, self.rule.n_min)
