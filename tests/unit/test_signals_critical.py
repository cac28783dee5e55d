"""Critical counts against trying every count, for every preset."""

import numpy as np
import pytest

from pv.pairs import critical
from pv.pairs.bayes import Prior
from pv.pairs.decision import Decision
from pv.pairs.pooling import two_by_two
from pv.spec.rule import load as load_rule
from pv.stats import information, power, stratified
from pv.stats.gps import GpsPrior
from pv.stats.gps_fit import GpsFit

# DuMouchel's prior as printed for CAERS.
PRIOR = Prior(GpsFit(GpsPrior(3.256, 0.4, 2.024, 1.906, 0.0653), "full", 0.0, "none", None), None)
PRESETS = ("default", "ema", "evans", "fda", "uppsala")


def deciding(rule: str, monitored: bool = False) -> Decision:
    return Decision(load_rule(rule), PRIOR, np.array([monitored]))


def tables(seed: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Margins of product and event and totals, from very small to a few thousand."""
    random = np.random.default_rng(seed)
    total = random.integers(3, 3_000, size).astype(float)
    product = np.maximum(1, np.floor(total * random.beta(0.5, 4, size)))
    event = np.floor(total * random.beta(0.5, 4, size))
    return product, event, total


def by_trying(product: float, event: float, total: float, decide: Decision) -> float:
    """Every count there can be; margins give way to a count that is larger."""
    a = np.arange(max(1.0, product + event - total), total + 1)
    p, e = np.maximum(product, a), np.maximum(event, a)
    cells = (a, p - a, e - a, total - p - e + a)
    holds = decide(np.zeros(a.size, dtype=np.int64), a, two_by_two(*cells))
    return a[holds][0] if holds.any() else np.nan


@pytest.mark.parametrize("monitored", [False, True])
@pytest.mark.parametrize("rule", PRESETS)
def test_no_fewer_cases_would_do(rule: str, monitored: bool) -> None:
    decide = deciding(rule, monitored)
    product, event, total = tables(5, 120)

    found = critical.of_tables(np.zeros(120, dtype=np.int64), product, event, total, decide)

    tried = [by_trying(*row, decide) for row in zip(product, event, total, strict=True)]
    assert found.tolist() == pytest.approx(tried, nan_ok=True)
    assert np.isfinite(found).sum() > 100
    assert len(set(found[np.isfinite(found)])) > 5


def test_some_tables_can_never_flag() -> None:
    """Every case has the product: nothing to compare with."""
    one = np.array([40.0])

    found = critical.of_tables(np.zeros(1, dtype=np.int64), one, np.array([5.0]), one,
                               deciding("default"))  # fmt: skip

    assert np.isnan(found).all()


def test_a_country_that_saw_the_event_twice_could_have_seen_it_three_times() -> None:
    """6 with the product, 2 with the event, of 400: three would do, though that margin is 2."""
    found = critical.of_tables(
        np.zeros(1, dtype=np.int64), np.array([6.0]), np.array([2.0]), np.array([400.0]),
        deciding("default"),
    )  # fmt: skip

    assert found.tolist() == [3]


def test_with_large_margins_it_is_the_critical_count_of_the_ic() -> None:
    expected = np.array([0.01, 0.3, 1.0, 4.7, 25.0, 140.0])
    total, product = np.full(6, 1e6), np.full(6, 1_000.0)

    found = critical.of_tables(
        np.zeros(6, dtype=np.int64), product, expected * 1_000, total, deciding("uppsala")
    )

    assert found.tolist() == power.critical_count_ic(expected).tolist()


def test_n_min_is_that_of_the_product() -> None:
    """EMA's rule: 3 cases under additional monitoring, else 5; here any number is enough else."""
    decide = Decision(load_rule("ema"), PRIOR, np.array([True, False]))
    margins = (np.full(2, 10.0), np.full(2, 10.0), np.full(2, 1e5))

    assert critical.of_tables(np.array([0, 1]), *margins, decide).tolist() == [3, 5]


@pytest.mark.parametrize("rule", PRESETS)
def test_over_strata_no_fewer_cases_spread_as_expected_would_do(rule: str) -> None:
    random = np.random.default_rng(7)
    total = random.integers(500, 5_000, 6).astype(float)
    product = np.floor(total * random.beta(1, 30, (20, 6))) + 1
    event = np.floor(total * random.beta(1, 30, (20, 6))) + 1
    decide = deciding(rule)

    found = critical.of_strata(
        np.zeros(20, dtype=np.int64), np.repeat(np.arange(20), 6), product.ravel(), event.ravel(),
        np.tile(total, 20), decide,
    )  # fmt: skip

    for row in range(20):
        expected = product[row] * event[row] / total
        for n in range(1, 500):
            a = n * expected / expected.sum()
            p, e = np.maximum(product[row], a), np.maximum(event[row], a)
            cells = (a, p - a, e - a, total - p - e + a)
            grown = (p * e / total).sum(keepdims=True)
            spread = (p * e * (total - p) * (total - e) / total**3).sum(keepdims=True)
            statistics = {
                "expected": grown,
                "ic025": information.ic(np.array([n]), grown).lower,
                "ror025": np.array([stratified.mh_or(*cells).lower]),
                "prr": np.array([stratified.mh_rr(*cells).estimate]),
                "chi2_yates": np.maximum(abs(n - grown) - 0.5, 0) ** 2 / spread,
            }
            if decide(np.zeros(1, dtype=np.int64), np.array([float(n)]), statistics)[0]:
                break
        assert found[row] == n


def test_one_stratum_is_a_table_of_its_own() -> None:
    product, event, total = np.array([30.0]), np.array([90.0]), np.array([4_000.0])
    code, decide = np.zeros(1, dtype=np.int64), deciding("default")

    of_strata = critical.of_strata(code, code, product, event, total, decide)

    assert of_strata.tolist() == critical.of_tables(code, product, event, total, decide).tolist()


def test_fewest_is_between_least_and_most_or_nothing() -> None:
    limit = np.array([1.0, 7.0, 8.0, 50.0, 50.0])
    least, most = np.array([3.0, 3.0, 3.0, 3.0, 3.0]), np.array([9.0, 9.0, 7.0, 50.0, 49.0])

    found = critical.fewest(lambda at, count: count >= limit[at], least, most)

    assert found.tolist() == pytest.approx([3, 7, np.nan, 50, np.nan], nan_ok=True)
