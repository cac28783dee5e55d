"""Worlds of many pairs: as many cases of harms as planned, and rates that vary as they say."""

from dataclasses import replace

import numpy as np
import pytest

from pv.simulate.scenarios.many_pairs import (
    DEMO_WORLD,
    DRIFT,
    IMPORTANT,
    OVERDISPERSED,
    SCENARIOS,
    DrawnCases,
    draw,
)


def joint(cases: DrawnCases, product: str, event: str) -> np.ndarray:
    """The countries of the cases of a pair."""
    of_event = cases.case[cases.event == cases.events.index(event)]
    own = cases.product == cases.products.index(product.upper())
    return cases.country[of_event[own[of_event]]]


def test_the_same_seed_gives_the_same_cases_and_another_seed_others() -> None:
    once, again, other = draw(DEMO_WORLD, 3), draw(DEMO_WORLD, 3), draw(DEMO_WORLD, 4)

    for name in ("country", "product", "received", "case", "event"):
        assert np.array_equal(getattr(once, name), getattr(again, name)), name
    assert once.harmed == again.harmed != other.harmed
    assert not np.array_equal(once.case, other.case)


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "million"])
def test_every_case_is_received_by_the_last_day_and_names_an_event_once(name: str) -> None:
    scenario = SCENARIOS[name]
    cases = draw(scenario, 1)

    assert cases.country.size == scenario.cases
    months = cases.received.astype("datetime64[M]")
    assert np.unique(months).size == scenario.months
    assert months.max() == np.datetime64("2024-12")
    both = cases.case * len(cases.events) + cases.event
    assert np.unique(both).size == both.size
    assert len(cases.harmed) == len({event for _, event in cases.harmed}) == scenario.harms


def test_a_planned_harm_has_twelve_cases_and_never_three_in_a_country() -> None:
    for seed in range(1, 6):
        cases = draw(DEMO_WORLD, seed)
        for product, event in cases.harmed:
            found = np.bincount(joint(cases, product, event))
            assert sorted(found[found > 0]) == [1] * 4 + [2] * 4


def test_the_important_harms_are_of_events_in_event_groups() -> None:
    harmed = draw(DEMO_WORLD, 1).harmed

    assert [(brand.upper(), event) for brand, event in harmed[:2]] == list(IMPORTANT[:2])
    assert all(event.startswith("Simulated event") for _, event in harmed[2:])


def test_a_drawn_harm_has_on_average_the_ratio_times_the_cases_expected() -> None:
    found = [
        joint(cases, *pair).size
        for cases in (draw(DRIFT, seed) for seed in range(1, 5))
        for pair in cases.harmed
    ]

    # Poisson of mean 20, 120 of them: the mean's standard error is .41.
    assert np.mean(found) == pytest.approx(20, abs=1.5)


def test_without_harm_nothing_is_planted() -> None:
    assert draw(DEMO_WORLD.without_harm(), 1).harmed == ()


def test_countries_are_as_unequal_as_the_scenario_says() -> None:
    halved, equal = (
        np.bincount(draw(replace(DEMO_WORLD, decline=decline), 1).country) for decline in (1.0, 0.0)
    )

    assert halved[0] == pytest.approx(2 * halved[1], rel=0.01)
    assert np.ptp(equal[:-1]) <= 1


def test_ratios_of_pairs_without_a_harm_vary_where_the_scenario_says_so() -> None:
    """Variance of n/E in excess of Poisson's, for pairs of which much is expected: exp(.4^2) - 1
    is .17; with one ratio for all it is none."""

    def excess(null_sigma: float) -> float:
        scenario = replace(OVERDISPERSED, null_sigma=null_sigma, harms=0, product_cases=1_500)
        cases = draw(scenario, 2)
        products, events, countries = len(cases.products), len(cases.events), 15
        shape = (products, events, countries)
        at = (cases.product[cases.case], cases.event, cases.country[cases.case])
        n = np.zeros(shape)
        np.add.at(n, at, 1)
        own = np.zeros((products, countries))
        np.add.at(own, (cases.product, cases.country), 1)
        expected = np.einsum("pk,ek->pe", own / own.sum(0), n.sum(0))[:10]
        much = expected > 30
        ratio = n.sum(2)[:10][much] / expected[much]
        return float(np.var(ratio) - np.mean(1 / expected[much]))

    assert excess(0.0) == pytest.approx(0, abs=0.01)
    assert excess(0.4) > 0.08


def test_rates_drift_where_the_scenario_says_so() -> None:
    """The logarithm of the last year's share of an event over the first year's, four years on."""

    def spread(drift: float) -> float:
        cases = draw(replace(DRIFT, drift=drift, harms=0), 2)
        year = cases.received[cases.case].astype("datetime64[Y]").astype(int)
        first, last = (np.bincount(cases.event[year == y], minlength=313) for y in (50, 54))
        often = (first > 40) & (last > 40)
        return float(np.std(np.log(last[often] / first[often])))

    assert spread(0.0) < 0.3
    assert spread(0.3) > 0.5
