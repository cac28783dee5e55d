"""Closed forms of person-time against a sum over days and against numerical quadrature."""

import numpy as np
import pytest
from scipy import integrate, stats

from pv.stats.background import observed_uncertain, probability_above
from pv.stats.binomial import rate_ratio
from pv.stats.person_time import Retention, cohort_person_years, patient_years, period_person_years
from pv.stats.poisson import gamma_poisson, observed_expected, observed_expected_uncertain

EDGES = [0, 31, 91, 366, 731, 1827, 3653, 5479]
YEARLY = (0.8, 0.9, 0.95)


def share(days, yearly=YEARLY):
    """The retention curve, written out year by year."""
    years = np.asarray(days) / 365.25
    followed = np.ones_like(years)
    for year, retained in enumerate(yearly):
        in_year = years - year if year == len(yearly) - 1 else np.minimum(years - year, 1)
        followed = followed * retained ** np.maximum(in_year, 0)
    return followed


def test_the_curve_and_its_two_integrals_against_quadrature() -> None:
    curve = Retention.of(YEARLY)
    for x in (0.0, 1e-6, 0.5, 30.0, 365.25, 400.0, 800.0, 5479.0):
        years = [y for y in (365.25, 730.5) if y < x]
        once, _ = integrate.quad(share, 0, x, points=years or None, epsabs=1e-12, epsrel=1e-12)
        twice, _ = integrate.quad(
            lambda u, x=x: (x - u) * share(u),
            0,
            x,
            points=years or None,
            epsabs=1e-9,
            epsrel=1e-12,
        )
        assert curve.share(x) == pytest.approx(share(x), rel=1e-13)
        assert curve.time(x) == pytest.approx(once, rel=1e-11, abs=1e-12)
        assert curve.twice(x) == pytest.approx(twice, rel=1e-11, abs=1e-12)


def test_a_patient_who_has_passed_all_windows_gives_the_area_under_the_curve() -> None:
    found = patient_years(EDGES, Retention.of(YEARLY))
    for i, years in enumerate(found):
        # Where the yearly loss changes the curve has a kink.
        kinks = [y for y in (365.25, 730.5) if EDGES[i] < y < EDGES[i + 1]]
        area, _ = integrate.quad(share, EDGES[i], EDGES[i + 1], points=kinks or None)
        assert years == pytest.approx(area / 365.25, rel=1e-9)


@pytest.mark.parametrize("yearly", [YEARLY, (1.0,), (0.3, 1.0), (0.999999,)])
@pytest.mark.parametrize("until", [5, 100, 363, 364, 365, 700, 6000])
def test_cohorts_against_a_double_quadrature(yearly: tuple[float, ...], until: int) -> None:
    first, last, patients = 0, 364, 100.0
    (found,) = cohort_person_years([first], [last], [patients], until=[until], edges=EDGES,
                                   retention=Retention.of(yearly))[:, 0, :]  # fmt: skip
    # Midpoints of entry, and of follow-up within each window: 400 and 4,000 steps.
    entries = (np.arange(400) + 0.5) / 400 * 365
    for i, years in enumerate(found):
        low, high = EDGES[i], EDGES[i + 1]
        step = (high - low) / 4000
        middles = low + (np.arange(4000) + 0.5) * step
        before = np.append(0, np.cumsum(share(middles, yearly)) * step)
        ends = np.clip(until + 1 - entries, low, high)
        area = np.interp(ends, np.append(low, middles + step / 2), before)
        treated = entries < until + 1
        expected = (area * treated).sum() / 400 * patients / 365.25
        assert years == pytest.approx(expected, rel=2e-4, abs=1e-4)


def test_cohorts_against_a_count_of_days() -> None:
    """Treated at the middle of each day, followed day by day, without loss: the days themselves."""
    first, last, until = 10, 99, 250
    (found,) = cohort_person_years(
        [first], [last], [90.0], until=[until], edges=EDGES, retention=Retention.of([1.0])
    )[0]
    counted = np.zeros(len(EDGES) - 1)
    # One patient a day, at noon; follow-up is counted in half days.
    for day in range(first, last + 1):
        for half in range(2 * (until + 1) - (2 * day + 1)):
            counted[np.searchsorted(EDGES, half / 2, side="right") - 1] += 0.5
    assert found == pytest.approx(counted / 365.25, rel=1e-12, abs=1e-12)


def test_person_years_given_are_spread_over_the_days_of_their_period() -> None:
    found = period_person_years([0, 100], [9, 199], [10.0, 50.0], until=[-1, 0, 4, 9, 149, 500])
    assert found == pytest.approx(
        np.array([[0, 1, 5, 10, 10, 10], [0, 0, 0, 0, 25, 50]], dtype=float)
    )


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"patients": [-1]}, "patients"),
        ({"first_day": [20]}, "first_day"),
        ({"edges": [31, 31]}, "edges"),
        ({"edges": [31]}, "edges"),
    ],
)
def test_what_cannot_be_a_cohort_is_refused_by_name(wrong, named: str) -> None:
    right = {"first_day": [0], "last_day": [9], "patients": [1], "until": [9], "edges": [0, 31]}
    with pytest.raises(ValueError, match=named):
        cohort_person_years(**{**right, **wrong}, retention=Retention.of([1.0]))


@pytest.mark.parametrize("yearly", [[], [0.0], [1.1], [[0.9]]])
def test_a_retention_is_a_list_of_shares(yearly) -> None:
    with pytest.raises(ValueError, match="retained"):
        Retention.of(yearly)


def test_one_background_gives_the_exact_rate_ratio() -> None:
    x, y = np.arange(6)[:, None], np.arange(1, 5)
    t1, t0 = 120.0, 1500.0
    found = observed_uncertain(x, y * t1 / t0, y * (t1 / t0) ** 2)
    exact = rate_ratio(x, t1, y, t0)
    assert found.estimate == pytest.approx(exact.estimate)
    assert found.lower == pytest.approx(exact.lower)
    assert found.upper == pytest.approx(exact.upper)
    assert found.p_value == pytest.approx(exact.p_value)
    assert found.p_upper == pytest.approx(observed_expected_uncertain(x, t1, y, t0))


def test_without_variance_it_is_the_exact_interval_of_a_known_rate() -> None:
    found, known = observed_uncertain([0, 2, 9], 3.0, 0.0), observed_expected([0, 2, 9], 3.0)
    for name in ("estimate", "lower", "upper", "p_value", "p_upper"):
        assert getattr(found, name) == pytest.approx(getattr(known, name))


def test_without_an_expectation_nothing_can_be_compared() -> None:
    found = observed_uncertain([0, 3], 0.0, 0.0)
    assert np.isnan(found.estimate).all()
    assert (found.lower == 0).all() and np.isinf(found.upper).all() and (found.p_upper == 1).all()


def test_the_tail_of_a_moment_match_is_near_that_of_the_sum_it_stands_for() -> None:
    """Two backgrounds, 12 and 30 events: P(X >= 9) by simulation and by the match."""
    rng = np.random.default_rng(20_240_607)
    y, ratio = np.array([12, 30]), np.array([0.15, 0.05])
    expected, variance = (y * ratio).sum(), (y * ratio**2).sum()
    # Each background's rate as its own Gamma(y, 1), and the added event on the heavier side.
    rates = rng.gamma(y[:, None], ratio[:, None], (2, 400_000)).sum(axis=0)
    simulated = stats.poisson.sf(8, rates).mean()
    matched = float(observed_uncertain(9, expected, variance).p_upper)
    assert simulated <= matched <= 1.5 * simulated


def test_the_posterior_is_that_of_the_conjugate_model() -> None:
    whole = gamma_poisson([0, 4], [2.0, 0.5])
    assert probability_above([0, 4], [2.0, 0.5], 1) == pytest.approx(whole.above_1)
    assert probability_above([0, 4], [2.0, 0.5], 2) == pytest.approx(whole.above_2)
