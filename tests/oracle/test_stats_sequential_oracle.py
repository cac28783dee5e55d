"""Sequential designs against published output, enumeration, quadrature and simulation.

vigipy's MaxSPRT boundary is a closed form fitted by eye and 10 to 35% too high: it is no oracle.
Published output is that printed in the documentation of the R package Sequential.
"""

import itertools

import numpy as np
import pytest
from scipy import integrate, stats

from pv.stats import sequential, sequential_binomial, sequential_conditional


def first_signal(arrivals: np.ndarray, latest: np.ndarray, first: int, delay: float) -> np.ndarray:
    """Time of the first signal of each simulated path (inf if none); one row of arrivals a path."""
    at = np.full(arrivals.shape[0], np.inf)
    for i, limit in enumerate(latest):
        when = np.maximum(arrivals[:, first - 1 + i], delay)
        at = np.where((when <= limit) & (when < at), when, at)
    return at


@pytest.mark.parametrize(
    ("horizon", "minimum", "delay", "risk"),
    [(1.0, 1, 0.0, 1.0), (5.0, 3, 0.0, 1.0), (8.0, 1, 2.0, 1.0), (5.0, 3, 1.0, 2.5)],
)
def test_error_power_and_times_are_those_of_simulated_paths(
    horizon: float, minimum: int, delay: float, risk: float
) -> None:
    value = sequential.critical_value_poisson(horizon, minimum, delay)
    exact = sequential.performance_poisson(horizon, value, minimum, delay, risk)
    counts = np.arange(minimum, 60)
    latest = sequential.boundary_poisson(counts, value)
    paths = 40_000
    rng = np.random.default_rng(1)
    arrivals = rng.exponential(1 / risk, (paths, 60)).cumsum(axis=1)
    at = first_signal(arrivals, latest, minimum, delay)
    signal = at <= horizon
    noise = 4 * np.sqrt(exact.power * (1 - exact.power) / paths)
    assert signal.mean() == pytest.approx(exact.power, abs=noise)
    end = np.minimum(at, horizon)
    assert end.mean() == pytest.approx(exact.mean_sample_size, abs=4 * end.std() / paths**0.5)
    late = at[signal]
    spread = 4 * late.std() / late.size**0.5
    assert late.mean() == pytest.approx(exact.mean_time_to_signal, abs=spread)


def test_naive_rules_flag_as_often_as_in_simulated_paths() -> None:
    rng = np.random.default_rng(2)
    arrivals = rng.exponential(1, (40_000, 60)).cumsum(axis=1)
    counts = np.arange(3, 60)
    for rule, latest in (
        ("poisson_p", stats.gamma.ppf(0.05, counts)),
        ("ic025", stats.gamma.ppf(0.025, counts + 0.5) - 0.5),
    ):
        flagged = first_signal(arrivals, latest, 3, 0.0) <= 10
        assert flagged.mean() == pytest.approx(sequential.naive_error(10, 3, rule), abs=0.008)


def test_binomial_performance_is_the_published_one() -> None:
    # Performance.Binomial(N=30, M=1, cv=2, z=1, RR=2)
    result = sequential_binomial.performance_binomial(30, 2.0, 1.0, 1, 2.0)
    assert result.power == pytest.approx(0.658732, abs=1e-6)
    assert result.mean_time_to_signal == pytest.approx(10.7893, abs=1e-4)
    assert result.mean_sample_size == pytest.approx(17.3453, abs=1e-4)


def test_binomial_error_is_that_of_all_sequences() -> None:
    # All 2^12 sequences of 12 events, matching ratio 2: exposed with probability 1/3.
    limit = sequential_binomial.boundary_binomial(12, 1.5, 2.0, minimum=2)
    total = 0.0
    for sequence in itertools.product((0, 1), repeat=12):
        if (np.cumsum(sequence) >= limit).any():
            total += (1 / 3) ** sum(sequence) * (2 / 3) ** (12 - sum(sequence))
    result = sequential_binomial.performance_binomial(12, 1.5, 2.0, 2, relative_risk=1.0)
    assert result.power == pytest.approx(total)


def test_binomial_critical_value_is_the_smallest_that_keeps_alpha() -> None:
    result = sequential_binomial.critical_value_binomial(40, 1.0, alpha=0.05)
    assert result.error <= 0.05
    looser = sequential_binomial.performance_binomial(
        40, result.critical_value - 1e-6, 1.0, relative_risk=1.0
    )
    assert looser.power == pytest.approx(result.error)
    grid = sequential_binomial.llr_binomial(
        *np.meshgrid(np.arange(41), np.full(1, 40)), matching_ratio=1.0
    )
    below = grid[grid < result.critical_value - 1e-6].max()
    assert sequential_binomial.performance_binomial(40, below, 1.0, relative_risk=1.0).power > 0.05


def test_conditional_error_is_that_of_mixing_over_the_history() -> None:
    # Given V, events follow a Poisson process: the recursion of the known background, with the
    # boundary at V times the ratio, mixed over V ~ Gamma(c) by quadrature. K = 3, M = 1.
    c, value = 5, 2.0
    tau = sequential_conditional.boundary_conditional([1, 2, 3], c, value)

    def no_signal(v: float) -> float:
        a, b, d = v * tau
        # N(a) = 0, N(b) <= 1, N(d) <= 2
        none_b = np.exp(-b)
        one_b = np.exp(-a) * (b - a) * np.exp(-(b - a))
        rest = d - b
        to_d = none_b * np.exp(-rest) * (1 + rest + rest**2 / 2)
        return float(to_d + one_b * np.exp(-rest) * (1 + rest))

    mixed = integrate.quad(lambda v: no_signal(v) * stats.gamma.pdf(v, c), 0, 60)[0]
    assert sequential_conditional.power_conditional(c, 3, value) == pytest.approx(1 - mixed)


@pytest.mark.parametrize("risk", [1.0, 2.0])
def test_conditional_error_and_power_are_those_of_simulated_paths(risk: float) -> None:
    paths, c, events, minimum = 100_000, 20, 20, 2
    value = sequential_conditional.critical_value_conditional(c, events, minimum)
    rng = np.random.default_rng(3)
    history = rng.gamma(c, 1, paths)
    ratio = rng.exponential(1 / risk, (paths, events)).cumsum(axis=1) / history[:, None]
    tau = sequential_conditional.boundary_conditional(np.arange(minimum, events + 1), c, value)
    share = (ratio[:, minimum - 1 :] <= tau).any(axis=1).mean()
    exact = sequential_conditional.power_conditional(c, events, value, minimum, risk)
    assert share == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / paths))


def test_printed_conditional_value_of_the_r_package_is_conservative() -> None:
    error = sequential_conditional.power_conditional(20, 20, 3.149115, 2)
    assert error == pytest.approx(0.0459, abs=5e-5)
