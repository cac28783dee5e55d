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
    value = sequential.critical_value_poisson(horizon, minimum=minimum, delay=delay)
    exact = sequential.performance_poisson(
        horizon, critical_value=value, minimum=minimum, delay=delay, relative_risk=risk
    )
    counts = np.arange(minimum, 60)
    latest = sequential.boundary_poisson(counts, critical_value=value)
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
        assert flagged.mean() == pytest.approx(
            sequential.naive_error(10, n_min=3, rule=rule), abs=0.008
        )


def test_binomial_performance_is_the_published_one() -> None:
    # Performance.Binomial(N=30, M=1, cv=2, z=1, RR=2)
    result = sequential_binomial.performance_binomial(30, critical_value=2.0, matching_ratio=1.0)
    assert result.power == pytest.approx(0.658732, abs=1e-6)
    assert result.mean_time_to_signal == pytest.approx(10.7893, abs=1e-4)
    assert result.mean_sample_size == pytest.approx(17.3453, abs=1e-4)


def test_binomial_error_is_that_of_all_sequences() -> None:
    # All 2^12 sequences of 12 events, matching ratio 2: exposed with probability 1/3.
    limit = sequential_binomial.boundary_binomial(
        12, critical_value=1.5, matching_ratio=2.0, minimum=2
    )
    total = 0.0
    for sequence in itertools.product((0, 1), repeat=12):
        if (np.cumsum(sequence) >= limit).any():
            total += (1 / 3) ** sum(sequence) * (2 / 3) ** (12 - sum(sequence))
    result = sequential_binomial.performance_binomial(
        12, critical_value=1.5, matching_ratio=2.0, minimum=2, relative_risk=1.0
    )
    assert result.power == pytest.approx(total)


def test_binomial_critical_value_is_the_smallest_that_keeps_alpha() -> None:
    result = sequential_binomial.critical_value_binomial(40, matching_ratio=1.0, alpha=0.05)
    assert result.error <= 0.05
    looser = sequential_binomial.performance_binomial(
        40, critical_value=result.critical_value - 1e-6, matching_ratio=1.0, relative_risk=1.0
    )
    assert looser.power == pytest.approx(result.error)
    grid = sequential_binomial.llr_binomial(
        *np.meshgrid(np.arange(41), np.full(1, 40)), matching_ratio=1.0
    )
    below = grid[grid < result.critical_value - 1e-6].max()
    looser = sequential_binomial.performance_binomial(
        40, critical_value=below, matching_ratio=1.0, relative_risk=1.0
    )
    assert looser.power > 0.05


def test_conditional_error_is_that_of_mixing_over_the_history() -> None:
    # Given V, events follow a Poisson process: the recursion of the known background, with the
    # boundary at V times the ratio, mixed over V ~ Gamma(c) by quadrature. K = 3, M = 1.
    c, value = 5, 2.0
    tau = sequential_conditional.boundary_conditional([1, 2, 3], historical=c, critical_value=value)

    def no_signal(v: float) -> float:
        a, b, d = v * tau
        # N(a) = 0, N(b) <= 1, N(d) <= 2
        none_b = np.exp(-b)
        one_b = np.exp(-a) * (b - a) * np.exp(-(b - a))
        rest = d - b
        to_d = none_b * np.exp(-rest) * (1 + rest + rest**2 / 2)
        return float(to_d + one_b * np.exp(-rest) * (1 + rest))

    mixed = integrate.quad(lambda v: no_signal(v) * stats.gamma.pdf(v, c), 0, 60)[0]
    assert sequential_conditional.power_conditional(
        c, critical_value=value, max_events=3
    ) == pytest.approx(1 - mixed)


@pytest.mark.parametrize("risk", [1.0, 2.0])
def test_conditional_error_and_power_are_those_of_simulated_paths(risk: float) -> None:
    paths, c, events, minimum = 100_000, 20, 20, 2
    value = sequential_conditional.critical_value_conditional(c, max_events=events, minimum=minimum)
    rng = np.random.default_rng(3)
    history = rng.gamma(c, 1, paths)
    ratio = rng.exponential(1 / risk, (paths, events)).cumsum(axis=1) / history[:, None]
    tau = sequential_conditional.boundary_conditional(
        np.arange(minimum, events + 1), historical=c, critical_value=value
    )
    share = (ratio[:, minimum - 1 :] <= tau).any(axis=1).mean()
    exact = sequential_conditional.power_conditional(
        c, critical_value=value, max_events=events, minimum=minimum, relative_risk=risk
    )
    assert share == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / paths))


def test_printed_conditional_value_of_the_r_package_is_conservative() -> None:
    error = sequential_conditional.power_conditional(
        20, critical_value=3.149115, max_events=20, minimum=2
    )
    assert error == pytest.approx(0.0459, abs=5e-5)


@pytest.mark.parametrize(
    ("c", "events", "horizon", "minimum", "delay", "risk"),
    [
        (20, None, 0.6, 2, 0.0, 1.0),  # a horizon alone
        (20, 15, 0.6, 1, 0.1, 1.5),  # all at once: the first of K and T ends it
        (8, 12, None, 3, 0.25, 1.0),  # K alone, with a delay
        (3, None, 4.0, 1, 0.5, 2.5),
        (5, 4, 1.5, 1, 0.7, 1.0),  # K is often reached before the first look
        (20, 25, None, 2, 0.0, 0.5),
    ],
)
def test_conditional_designs_are_those_of_simulated_paths(  # noqa: PLR0917
    c: int, events: int | None, horizon: float | None, minimum: int, delay: float, risk: float
) -> None:
    """Paths of a Poisson process whose history is drawn anew for each; looks as it says."""
    value = sequential_conditional.critical_value_conditional(
        c, max_events=events, minimum=minimum, horizon=horizon, delay=delay
    )
    exact = sequential_conditional.performance_conditional(
        c,
        critical_value=value,
        max_events=events,
        minimum=minimum,
        relative_risk=risk,
        horizon=horizon,
        delay=delay,
    )
    paths, most = 60_000, 80
    rng = np.random.default_rng(4)
    at_event = rng.exponential(1 / risk, (paths, most)).cumsum(1) / rng.gamma(c, 1, (paths, 1))
    last = events or most
    ratio_end = np.full(paths, np.inf if horizon is None else horizon)
    if events is not None:
        # Nobody looks before the delay: nothing ends before it either.
        ratio_end = np.minimum(ratio_end, np.maximum(at_event[:, events - 1], delay))
    latest = np.full(most + 1, -np.inf)
    latest[minimum:] = sequential_conditional.boundary_conditional(
        np.arange(minimum, most + 1), historical=c, critical_value=value
    )
    # At the delay the whole count is looked at; later each event up to K and to T.
    at_delay = (at_event <= delay).sum(1)
    signal_ratio = np.where(latest[at_delay] >= delay, delay, np.inf)
    signal_events = at_delay.copy()
    for n in range(minimum, last + 1):
        when = at_event[:, n - 1]
        hit = (when > delay) & (when <= latest[n]) & (when <= ratio_end) & (when < signal_ratio)
        signal_ratio[hit], signal_events[hit] = when[hit], n
    signal = np.isfinite(signal_ratio)
    ratio = np.where(signal, signal_ratio, ratio_end)
    count = np.where(signal, signal_events, (at_event <= ratio_end[:, None]).sum(1))

    def agree(simulated: np.ndarray, theirs: float) -> None:
        error = simulated.std() / simulated.size**0.5
        assert simulated.mean() == pytest.approx(theirs, abs=4 * error + 1e-12)

    agree(signal, exact.power)
    agree(ratio, exact.mean_ratio_at_end)
    agree(count, exact.mean_events_at_end)
    agree(ratio[signal], exact.mean_ratio_at_signal)
    agree(count[signal], exact.mean_events_at_signal)
    if risk == 1:
        assert exact.power <= 0.05


def test_conditional_power_with_delay_is_that_of_all_orders_of_events() -> None:
    """Between the times that matter only increments count: written out, c = 4, T = .7, D = .3."""
    c, value, horizon, delay = 4, 1.0, 0.7, 0.3
    tau = sequential_conditional.boundary_conditional(
        np.arange(1, 30), historical=c, critical_value=value
    )
    times = np.unique([delay, *tau[(tau > delay) & (tau < horizon)], horizon])
    assert 2 < times.size < 6
    exact = sequential_conditional.performance_conditional(
        c, critical_value=value, horizon=horizon, delay=delay
    )

    total = 0.0
    for counts in itertools.combinations_with_replacement(range(9), times.size):
        # n events by the end of a stretch have signalled if their time reaches to it.
        if any(n and tau[n - 1] >= end for n, end in zip(counts, times, strict=True)):
            continue
        p, before, start = 1.0, 0, 0.0
        for n, end in zip(counts, times, strict=True):
            p *= stats.nbinom.pmf(n - before, c + before, (1 + start) / (1 + end))
            before, start = n, float(end)
        total += p
    assert exact.power == pytest.approx(1 - total, abs=1e-12)


def test_binomial_times_are_those_of_all_sequences() -> None:
    limit = sequential_binomial.boundary_binomial(
        12, critical_value=1.5, matching_ratio=2.0, minimum=2
    )
    p = 1.8 / (1.8 + 2.0)
    power = at_signal = at_end = 0.0
    for sequence in itertools.product((0, 1), repeat=12):
        probability = p ** sum(sequence) * (1 - p) ** (12 - sum(sequence))
        crossed = np.flatnonzero(np.cumsum(sequence) >= limit)
        power += probability * (crossed.size > 0)
        at_signal += probability * (crossed[0] + 1 if crossed.size else 0)
        at_end += probability * (crossed[0] + 1 if crossed.size else 12)
    result = sequential_binomial.performance_binomial(
        12, critical_value=1.5, matching_ratio=2.0, minimum=2, relative_risk=1.8
    )
    assert result.power == pytest.approx(power)
    assert result.mean_time_to_signal == pytest.approx(at_signal / power)
    assert result.mean_sample_size == pytest.approx(at_end)
