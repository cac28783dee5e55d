"""The statistics side by side with vigipy on the same tables, and alone where it has no answer.

    python benchmarks/stats.py [--pairs 1000000] [--closed-pairs 5000000] [--mddc-python PYTHON]

MDDC pins an old Matplotlib, so it lives in an environment of its own whose Python is named here
(`python -m venv mddc && mddc/bin/pip install MDDC`). It flags cells by residuals; what it has in
common with us is the expectation and the squared adjusted residual, which is Pearson's chi-squared.

Prints one table: seconds of the peer, of poolvigil, their ratio, and how far the numbers differ.
Each measure is the best of a few runs in one process, but for what takes minutes. The last row is
a child process of its own, so that its peak memory is that of the closed forms alone.
"""

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pv.stats import (
    disproportionality,
    gps,
    gps_fit,
    homogeneity,
    information,
    sequential,
    twobytwo,
)
from pv.stats.gps_zeros import ZeroBins, zero_bins

SEED = 1
CASES = 1_000_000


@dataclass(frozen=True)
class Pairs:
    """Observed pairs of a simulated database: counts, margins, and their places on the axes."""

    n: np.ndarray
    product_total: np.ndarray
    event_total: np.ndarray
    product: np.ndarray
    event: np.ndarray

    @property
    def expected(self) -> np.ndarray:
        return self.product_total * self.event_total / CASES

    def cells(self) -> tuple[np.ndarray, ...]:
        b, c = self.product_total - self.n, self.event_total - self.n
        return self.n, b, c, CASES - self.n - b - c


def simulate(pairs: int) -> Pairs:
    """Products and events of log-normal size; the ratio of a pair is drawn from a gamma mixture."""
    rng = np.random.default_rng(SEED)
    products, events = int(pairs**0.5 * 3), int(pairs**0.5 * 6)
    product_total = np.sort(np.minimum(rng.lognormal(6, 1.6, products), CASES / 20).round() + 1)
    event_total = np.sort(np.minimum(rng.lognormal(5.5, 1.6, events), CASES / 20).round() + 1)
    kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    found = 0
    for row in rng.permutation(products):
        expected = product_total[row] * event_total / CASES
        high = rng.random(events) < 0.05
        shape, rate = np.where(high, 0.8, 3.0), np.where(high, 0.15, 3.0)
        n = rng.poisson(rng.gamma(shape) / rate * expected)
        n = np.minimum(n, np.minimum(product_total[row], event_total))
        column = np.flatnonzero(n)
        kept.append((n[column], np.full(column.size, row), column))
        found += column.size
        if found >= pairs:
            break
    n, product, event = (np.concatenate(part)[:pairs] for part in zip(*kept, strict=True))
    n = n.astype(np.float64)
    return Pairs(n, product_total[product], event_total[event], product, event)


def zeros_of(pairs: Pairs) -> ZeroBins:
    """The zero cells of the products that were drawn."""
    products, row = np.unique(pairs.product, return_inverse=True)
    events, column = np.unique(pairs.event, return_inverse=True)
    product_margin, event_margin = np.zeros(products.size), np.zeros(events.size)
    product_margin[row], event_margin[column] = pairs.product_total, pairs.event_total
    return zero_bins(
        product_margin, event_margin, CASES, observed_product=row, observed_event=column
    )


def timed(call: Callable[[], Any], runs: int = 3) -> tuple[float, Any]:
    """Best time of a few runs, and the result."""
    best, result = np.inf, None
    for _ in range(runs):
        started = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - started)
    return best, result


def difference(ours: Any, theirs: Any) -> str:
    """Largest relative difference, in words."""
    a, b = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
    return f"differ by {np.max(np.abs(a - b) / np.maximum(np.abs(b), 1e-12)):.1e} at most"


class Vigipy:
    """vigipy's functions on its own container of the same pairs."""

    def __init__(self, pairs: Pairs) -> None:
        import pandas as pd
        from vigipy.utils.Container import DataContainer

        self.frame = pd.DataFrame(
            {
                "product_name": pairs.product,
                "ae_name": pairs.event,
                "events": pairs.n.astype(int),
                "product_aes": pairs.product_total,
                "count_across_brands": pairs.event_total,
            }
        )
        self.container = DataContainer(data=self.frame, N=CASES)

    def ordered(self, result: Any, column: str) -> np.ndarray:
        """A column of a result in the order of the pairs (results come sorted by rank)."""
        sorted_ = result.all_signals.sort_values(["Product", "Adverse Event"], kind="mergesort")
        order = np.lexsort((self.frame["ae_name"], self.frame["product_name"]))
        values = np.empty(len(sorted_))
        values[order] = sorted_[column].to_numpy(dtype=float)
        return values


def compare_vigipy(pairs: Pairs) -> list[tuple[str, ...]]:
    from vigipy import bcpnn, prr, ror
    from vigipy import gps as their_gps
    from vigipy.GPS.GPS import truncated_likelihood
    from vigipy.Sequential.Sequential import _kulldorff_poisson_critical_value
    from vigipy.utils.distribution_funcs.quantile_funcs import quantiles

    peer = Vigipy(pairs)
    cells = pairs.cells()
    rows: list[tuple[str, ...]] = []

    def row(name: str, theirs: float, ours: float, note: str) -> None:
        rows.append((name, f"{theirs:.3f}", f"{ours:.3f}", f"{theirs / ours:.0f} x", note))

    total_theirs = total_ours = 0.0
    for name, their_call, our_call, column in (
        ("PRR", lambda: prr(peer.container, min_events=1), disproportionality.prr, "PRR"),
        ("ROR", lambda: ror(peer.container, min_events=1), disproportionality.ror, "ROR"),
    ):
        seconds, result = timed(their_call, 1)
        ours, estimate = timed(lambda call=our_call: call(*cells))
        full = cells[1] * cells[2] * cells[3] > 0  # vigipy corrects tables with a zero
        note = difference(estimate.estimate[full], peer.ordered(result, column)[full])
        row(f"{name} with interval", seconds, ours, note)
        total_theirs, total_ours = total_theirs + seconds, total_ours + ours
    seconds, _ = timed(lambda: bcpnn(peer.container, min_events=1), 1)
    ours, _ = timed(lambda: information.ic(pairs.n, twobytwo.expected(*cells)))
    row("IC (BCPNN) with interval", seconds, ours, "another prior: values are not comparable")
    row("PRR + ROR + IC", total_theirs + seconds, total_ours + ours, "")

    zeros = zeros_of(pairs)
    start = {"alpha1": 0.2, "beta1": 0.06, "alpha2": 1.4, "beta2": 1.8, "w": 0.1}
    fit_seconds, result = timed(
        lambda: their_gps(peer.container, min_events=1, prior_init=start), 1
    )
    theta = result.params["prior_param"]
    given_seconds, given = timed(
        lambda: their_gps(peer.container, min_events=1, prior_param=list(theta)), 1
    )
    same, truncated = timed(
        lambda: gps_fit.fit(pairs.n, pairs.expected, likelihood="mixture-truncated"), 1
    )
    value = truncated_likelihood(theta, pairs.n, pairs.expected, 0)
    row(
        "GPS fit, truncated",
        fit_seconds - given_seconds,
        same,
        f"-logL {value:.2f} against {truncated.neg_log_likelihood:.2f}",
    )
    full_seconds, full_fit = timed(lambda: gps_fit.fit(pairs.n, pairs.expected, zeros=zeros), 1)
    cells_in_all = pairs.n.size + zeros.count.sum()
    rows.append(
        (
            "GPS fit, full table",
            "not possible",
            f"{full_seconds:.3f}",
            "",
            f"{cells_in_all / 1e6:.0f} M cells, {full_fit.certificate.starts_agreeing} of "
            f"{full_fit.certificate.starts} starts agree",
        )
    )
    prior = gps.GpsPrior(*theta)
    ours, interval = timed(lambda: gps.ebgm_interval(pairs.n, pairs.expected, prior))
    note = difference(interval.lower, peer.ordered(given, "LowerBound"))
    row("EBGM, EB05, EB95", given_seconds, ours, f"EB05: {note} (vigipy stops at 1e-5)")
    # Its bare search, which is given the posterior, against ours, which is not.
    weight = gps.posterior_weight(pairs.n, pairs.expected, prior)
    posterior = (
        weight,
        prior.alpha1 + pairs.n,
        prior.beta1 + pairs.expected,
        prior.alpha2 + pairs.n,
        prior.beta2 + pairs.expected,
    )
    for name, p in (("EB05", 0.05), ("EB95", 0.95)):
        seconds, theirs = timed(lambda p=p: quantiles(p, *posterior), 1)
        ours, found = timed(lambda p=p: gps.quantile(pairs.n, pairs.expected, prior, p=p))
        row(f"{name} alone", seconds, ours, difference(found, theirs))

    horizons = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
    ours, exact = timed(lambda: [sequential.critical_value_poisson(t) for t in horizons], 1)
    seconds, theirs = timed(lambda: [_kulldorff_poisson_critical_value(0.05, t) for t in horizons])
    off = np.array(theirs) / np.array(exact) - 1
    rows.append(
        (
            f"{len(horizons)} MaxSPRT critical values",
            f"{seconds:.6f}",
            f"{ours:.3f}",
            "",
            f"exact; vigipy's closed form is {off.min():+.0%} to {off.max():+.0%} off",
        )
    )
    return rows


def closed_forms(pairs: int) -> None:
    """Child process: all closed forms of many pairs, with time and peak memory as JSON."""
    rng = np.random.default_rng(SEED)
    a = rng.negative_binomial(0.5, 0.1, pairs) + 1.0
    b, c = rng.integers(1, 20_000, pairs) + 0.0, rng.integers(1, 20_000, pairs) + 0.0
    d = CASES - a - b - c
    started = time.perf_counter()
    expected = twobytwo.expected(a, b, c, d)
    results = [
        disproportionality.prr(a, b, c, d),
        disproportionality.ror(a, b, c, d),
        disproportionality.chi2(a, b, c, d, yates=True),
        disproportionality.rrr(a, b, c, d),
        information.ic(a, expected),
    ]
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(json.dumps({"seconds": seconds, "peak_gib": peak, "results": len(results)}))


def closed_form_row(pairs: int) -> tuple[str, ...]:
    command = [sys.executable, __file__, "--child", "--closed-pairs", str(pairs)]
    child = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    name = f"{pairs / 1e6:g} M pairs: PRR, ROR, chi2, RRR, IC"
    return (name, "", f"{child['seconds']:.3f}", "", f"peak memory {child['peak_gib']:.2f} GiB")


def homogeneity_row(pairs: int = 10_000, strata: int = 60) -> tuple[str, ...]:
    """A night's flagged pairs: 3 to 300 cases over strata of very unequal size, some of which
    disagree (the log-ratios of a pair's strata have a standard deviation of about .8)."""
    rng = np.random.default_rng(SEED)
    share = rng.lognormal(0, 1.8, (pairs, strata))
    share /= share.sum(1, keepdims=True)
    n = np.exp(rng.uniform(np.log(3), np.log(300), pairs)).astype(int)
    truth = share * rng.gamma(2, 1 / 2, share.shape)
    a = rng.multinomial(n, truth / truth.sum(1, keepdims=True))
    expected = share * n[:, None] / 2
    seconds, found = timed(lambda: homogeneity.screen(a, expected), 1)
    few = slice(0, pairs, pairs // 20)
    exact, _ = timed(lambda: homogeneity.exact(a[few], expected[few], draws=5_000), 1)
    error = found.standard_error[np.abs(found.p_value - 0.05) < 0.005].max()
    return (
        f"homogeneity of {pairs:,} pairs x {strata}",
        "",
        f"{seconds:.3f}",
        "",
        f"standard error near .05: {error:.4f}; {found.draws.mean():.0f} draws a pair; "
        f"one at a time with 5,000 draws {exact / 20 * pairs:.0f} s",
    )


_MDDC = """
import json, sys, time
import numpy as np
from MDDC.utils._utils import getEijMat, getZijMat

table = np.load(sys.argv[1])
best = float("inf")
for _ in range(3):
    started = time.perf_counter()
    expected, residual = getEijMat(table), getZijMat(table, False)[0]
    best = min(best, time.perf_counter() - started)
np.savez(sys.argv[2], expected=expected, residual=residual)
print(json.dumps({"seconds": best}))
"""


def compare_mddc(python: str, pairs: int) -> list[tuple[str, ...]]:
    """Expectation and chi-squared of every cell of one full table, in MDDC's own environment."""
    side = round(pairs**0.5)
    rng = np.random.default_rng(SEED)
    rates = np.outer(rng.gamma(1, 1, side), rng.gamma(1, 1, side)) + 0.05
    table = rng.poisson(rates).astype(float)
    with tempfile.TemporaryDirectory() as folder:
        given, found = f"{folder}/table.npy", f"{folder}/found.npz"
        np.save(given, table)
        command = [python, "-c", _MDDC, given, found]
        peer = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        theirs = dict(np.load(found))
    rows, columns, total = table.sum(1, keepdims=True), table.sum(0), table.sum()

    def ours() -> tuple[np.ndarray, np.ndarray]:
        b, c = rows - table, columns - table
        d = total - table - b - c
        return twobytwo.expected(table, b, c, d), disproportionality.chi2(table, b, c, d)

    seconds, (expected, chi2) = timed(ours)
    apart = np.stack([theirs["expected"] / expected - 1, theirs["residual"] ** 2 / chi2 - 1])
    gap = np.abs(apart).max()  # a nan anywhere shows as nan
    return [
        (
            f"MDDC: E and chi2 of {side**2:,} cells",
            f"{peer['seconds']:.3f}",
            f"{seconds:.3f}",
            f"{peer['seconds'] / seconds:.1f} x",
            f"differ by {gap:.1e} at most; its chi2 is the squared adjusted residual",
        )
    ]


def other_peer(package: str, shared: str) -> tuple[str, ...]:
    return (package, "not installed", "", "", shared)


def main() -> None:
    parser = argparse.ArgumentParser(description="pv.stats against its peers.")
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--closed-pairs", type=int, default=5_000_000)
    parser.add_argument("--mddc-python", help="Python of an environment that has MDDC.")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        closed_forms(options.closed_pairs)
        return
    warnings.simplefilter("ignore")
    pairs = simulate(options.pairs)
    rows: list[tuple[str, ...]] = [("measure", "peer s", "poolvigil s", "ratio", "note")]
    if importlib.util.find_spec("vigipy"):
        rows += compare_vigipy(pairs)
    else:
        rows.append(other_peer("vigipy", "all measures above"))
    if options.mddc_python:
        rows += compare_mddc(options.mddc_python, options.pairs)
    else:
        rows.append(other_peer("MDDC", "give --mddc-python"))
    rows.append(homogeneity_row())
    rows.append(closed_form_row(options.closed_pairs))
    widths = [max(len(row[i]) for row in rows) for i in range(5)]
    print(f"{pairs.n.size:,} observed pairs of {CASES:,} simulated cases; peers: vigipy and MDDC")
    for row in rows:
        print(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        )


if __name__ == "__main__":
    main()
