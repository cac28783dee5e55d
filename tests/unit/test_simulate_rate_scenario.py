"""The shared draw of a scenario's patients is what the scenario says."""

from dataclasses import replace

import numpy as np
import pytest

from pv.simulate.scenarios.rate_scenario import DAYS_A_MONTH, DAYS_A_YEAR, PML_LIKE, SCENARIOS, draw

MANY = replace(PML_LIKE, patients=400_000, risk=0.05)


def _within(share: float, expected: float, size: int) -> bool:
    return abs(share - expected) < 5 * np.sqrt(expected * (1 - expected) / size)


def test_the_draw_follows_the_scenario() -> None:
    drawn = draw(MANY, np.random.default_rng(1))

    weights = [1 / k for k in range(1, 11)]
    for country in range(10):
        share = float((drawn.country == country).mean())
        assert _within(share, weights[country] / sum(weights), MANY.patients)
    assert drawn.treated_day.min() >= 0 and drawn.treated_day.max() <= 6 * DAYS_A_YEAR
    assert drawn.treated_day.mean() == pytest.approx(3 * DAYS_A_YEAR, rel=0.01)
    assert _within(float(drawn.harmed.mean()), 0.05, MANY.patients)
    assert np.array_equal(~np.isnan(drawn.onset_day), drawn.harmed)
    latency = (drawn.onset_day - drawn.treated_day)[drawn.harmed]
    assert np.median(latency) == pytest.approx(8 * DAYS_A_MONTH, rel=0.02)
    assert np.log(latency).std() == pytest.approx(0.6, rel=0.02)
    assert np.isnan(drawn.background_day).all()


def test_without_the_harm_events_come_at_the_background_rate() -> None:
    null = replace(MANY, background=2e-3).null()
    drawn = draw(null, np.random.default_rng(2))

    came = ~np.isnan(drawn.background_day)
    years = (null.end_day - drawn.treated_day) / DAYS_A_YEAR
    expected = -np.expm1(-2e-3 * years).sum()
    assert not drawn.harmed.any()
    assert abs(came.sum() - expected) < 5 * np.sqrt(expected)
    assert np.all(drawn.background_day[came] > drawn.treated_day[came])
    assert np.nanmax(drawn.background_day) <= null.end_day


def test_replicates_are_independent_populations_of_the_same_seed() -> None:
    many = draw(PML_LIKE, np.random.default_rng(3), replicates=4)
    again = draw(PML_LIKE, np.random.default_rng(3), replicates=4)

    assert many.treated_day.shape == (4, 8_000)
    assert np.array_equal(many.treated_day, again.treated_day)
    assert np.unique(many.treated_day).size == many.treated_day.size


def test_each_scenario_is_known_by_its_name() -> None:
    assert set(SCENARIOS) == {"pml_like", "t_cell_lymphoma_like"}
    assert all(name == scenario.name for name, scenario in SCENARIOS.items())
