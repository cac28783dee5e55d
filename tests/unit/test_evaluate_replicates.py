"""Replicates of a rate scenario: against a plain computation, and the published figures."""

from dataclasses import replace

import numpy as np
import pytest

from pv.evaluate.detection import Detection, Estimate, curves, score
from pv.evaluate.replicates import Replicates, replicate
from pv.simulate.scenarios.rate_scenario import (
    DAYS_A_YEAR,
    EVER,
    PML_LIKE,
    T_CELL_LYMPHOMA_LIKE,
    RateScenario,
    Treated,
    draw,
)
from pv.stats.sequential import critical_value_poisson, llr

SMALL = replace(
    PML_LIKE, patients=400, countries=3, risk=0.01, background=4e-4, background_occurs=True
)
WINDOWS = replace(SMALL, minimum=1, horizon=5.0, windows=((30.0, 365.0), (365.0, EVER)))


def plainly(scenario: RateScenario, treated: Treated, r: int, here: np.ndarray) -> float:
    """Day of the first signal: each event looked at in turn, and every patient summed."""
    start = treated.treated_day[r][here]
    event = np.fmin(treated.onset_day[r], treated.background_day[r])[here]
    alpha = scenario.alpha / len(scenario.windows)
    value = critical_value_poisson(scenario.horizon, minimum=scenario.minimum, alpha=alpha)
    found = [np.inf]
    for above, up_to in scenario.windows:
        latency = event - start
        inside = (event <= scenario.end_day) & (latency > above) & (latency <= up_to)
        for n, day in enumerate(np.sort(event[inside]), 1):
            days = np.clip(np.minimum(day - start, up_to) - above, 0, None).sum()
            expected = days / DAYS_A_YEAR * scenario.background
            timely = n >= scenario.minimum and expected <= scenario.horizon
            if timely and llr(n, expected) >= value:
                found.append(day)
                break
    return min(found)


@pytest.mark.parametrize("scenario", [SMALL, WINDOWS], ids=["one window", "two windows"])
def test_a_signal_comes_on_the_day_that_a_plain_computation_finds(scenario: RateScenario) -> None:
    found = replicate(scenario, 40, seed=5)
    treated = draw(scenario, np.random.default_rng([5, 0]), 2_000)

    for r in range(40):
        places = [treated.country[r] == k for k in range(3)]
        day = [plainly(scenario, treated, r, here) for here in (*places, places[0] | True)]
        told = np.append(found.country_day[r], found.pooled_day[r])
        assert np.nan_to_num(told, nan=np.inf) == pytest.approx(day, abs=1e-6), r
    assert 0 < np.isnan(found.country_day).sum() < found.country_day.size


def test_a_replicate_does_not_depend_on_how_many_there_are() -> None:
    few, many = replicate(PML_LIKE, 30, seed=1), replicate(PML_LIKE, 130, seed=1)

    assert np.array_equal(few.pooled_day, many.pooled_day[:30], equal_nan=True)
    assert np.array_equal(few.country_day, many.country_day[:30], equal_nan=True)


@pytest.fixture(scope="module")
def published() -> tuple[Replicates, Detection]:
    found = replicate(PML_LIKE, 2_000, seed=1)
    return found, score(found)


def test_the_published_scenario_is_met(published: tuple[Replicates, Detection]) -> None:
    """METHODS part 11, 2,000 replicates: 97.8%, 56.6%, 41.2% and a gain of 1.6 years."""
    _, scored = published

    assert scored.pooled.value == pytest.approx(0.978, abs=0.03)
    assert scored.any_country.value == pytest.approx(0.566, abs=0.03)
    assert scored.pooled_only.value == pytest.approx(0.412, abs=0.03)
    assert abs(scored.gain_years.value - 1.6) < 0.03 + 3 * scored.gain_years.error
    # A share of about one half of 2,000: sqrt(1/4 / 2,000).
    assert scored.any_country.error == pytest.approx(0.011, abs=0.001)
    assert scored.gain_years.error < 0.1
    # No country on its own comes near what the first one of each replicate does.
    assert max(each.value for each in scored.country) == scored.country[0].value < 0.5


def test_curves_rise_to_the_shares(published: tuple[Replicates, Detection]) -> None:
    found, scored = published
    pooled, country = curves(found, np.linspace(0, PML_LIKE.end_year, 33))

    assert pooled.shape == (33,) and country.shape == (33, 10)
    assert pooled[0] == 0 and (np.diff(pooled) >= 0).all() and (np.diff(country, axis=0) >= 0).all()
    assert pooled[-1] == scored.pooled.value
    assert country[-1].tolist() == [each.value for each in scored.country]
    assert (pooled[:, None] >= country).all()


@pytest.mark.parametrize(
    ("scenario", "replicates"),
    [(PML_LIKE.null(), 800), (replace(T_CELL_LYMPHOMA_LIKE.null(), patients=10_000), 400)],
    ids=["pml", "late windows"],
)
def test_without_the_harm_neither_pool_nor_country_exceeds_its_alpha(
    scenario: RateScenario, replicates: int
) -> None:
    scored = score(replicate(scenario, replicates, seed=2))

    three = 3 * np.sqrt(0.05 * 0.95 / replicates)
    assert 0 < scored.pooled.value <= 0.05 + three
    assert max(each.value for each in scored.country) <= 0.05 + three
    assert scored.pooled_only.value <= scored.pooled.value


def test_two_events_let_the_pool_see_a_rare_late_harm_first_and_cost_it_no_time() -> None:
    """METHODS part 11: with two events the gain is +.58 years and the pool's median year 2.88;
    with one it is negative, because a lone report in the smallest country always signals."""
    two = replicate(T_CELL_LYMPHOMA_LIKE, 600, seed=1)
    one = replicate(replace(T_CELL_LYMPHOMA_LIKE, minimum=1), 600, seed=1)

    assert T_CELL_LYMPHOMA_LIKE.minimum == 2
    assert score(two).gain_years.value >= 0.4
    assert score(one).gain_years.value < 0
    year = [float(np.median(found.pooled_day)) / DAYS_A_YEAR for found in (two, one)]
    assert year[0] == pytest.approx(2.88, abs=0.1) and abs(year[0] - year[1]) <= 0.1


def test_two_events_keep_a_harmless_therapy_from_signalling_in_some_country() -> None:
    """METHODS part 11: 10.5% of the harmless worlds of 20 countries; 27.9% where one will do."""
    harmless = T_CELL_LYMPHOMA_LIKE.null()

    assert score(replicate(harmless, 600, seed=1)).any_country.value <= 0.13
    lone = score(replicate(replace(harmless, minimum=1), 600, seed=1))
    assert lone.any_country.value >= 0.23


def test_scores_of_replicates_that_can_be_counted_by_hand() -> None:
    nan = np.nan
    year = DAYS_A_YEAR
    found = Replicates(
        PML_LIKE,
        np.array([1.0, 2.0, 3.0, nan]) * year,
        np.array([[nan, nan], [4.0, 2.5], [nan, 4.0], [5.0, nan]]) * year,
    )
    scored = score(found)

    assert scored.pooled == Estimate(3 / 4, np.sqrt(3 / 4 * 1 / 4 / 4))
    assert (scored.any_country.value, scored.pooled_only.value) == (3 / 4, 1 / 4)
    assert [each.value for each in scored.country] == [2 / 4, 2 / 4]
    assert scored.gain_years.value == pytest.approx((0.5 + 1.0) / 2)
    pooled, country = curves(found, np.array([2.0, 4.0]))
    assert pooled.tolist() == [2 / 4, 3 / 4]
    assert country.tolist() == [[0, 0], [1 / 4, 2 / 4]]


def test_without_a_detection_there_is_no_gain() -> None:
    none = Replicates(PML_LIKE, np.array([np.nan]), np.array([[np.nan]]))

    assert np.isnan(score(none).gain_years.value)
