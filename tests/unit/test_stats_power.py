import math

import numpy as np
import pytest
from scipy import stats

from pv.stats import power


def test_detection_probability_by_hand() -> None:
    # P(X >= 2) at mean 2 * .5
    assert power.detection_probability(0.5, n_min=2, relative_risk=2) == pytest.approx(
        1 - 2 * math.exp(-1)
    )
    assert power.detection_probability([0, 5], n_min=[0, 0]).tolist() == [1, 1]
    assert power.detection_probability(0, n_min=1) == 0


def test_patients_needed_is_the_fewest_that_suffice() -> None:
    needed = power.patients_needed([0.001, 0.02, 0.5], power=[[0.8], [0.95]])
    risk, wanted = np.array([0.001, 0.02, 0.5]), np.array([[0.8], [0.95]])
    assert (stats.binom.sf(2, needed, risk) >= wanted).all()
    assert (stats.binom.sf(2, needed - 1, risk) < wanted).all()


def test_printed_patient_numbers_are_rounded_poisson_means_one_above_the_exact_ones() -> None:
    printed = [4279, 5322, 6296]
    assert np.round(power.person_time_needed(0.001, relative_risk=1, power=0.8)) == printed[0]
    assert np.round(power.person_time_needed(0.001, relative_risk=1, power=0.9)) == printed[1]
    assert np.round(power.person_time_needed(0.001, relative_risk=1, power=0.95)) == printed[2]
    assert power.patients_needed(0.001, power=[0.8, 0.9, 0.95]).tolist() == [4278, 5321, 6294]


def test_patients_needed_at_the_ends() -> None:
    assert power.patients_needed(1, power=0.95) == 3
    assert power.patients_needed(0.1, power=0) == 3


def test_critical_counts_are_the_first_that_fire() -> None:
    expected = np.array([0, 0.01, 0.5, 3, 80])
    count = power.critical_count_poisson(expected, alpha=0.05)
    assert (stats.poisson.sf(count - 1, expected) <= 0.05).all()
    assert (stats.poisson.sf(count - 2, expected) > 0.05)[2:].all()
    assert power.critical_count_poisson(expected, alpha=0.05, n_min=3).tolist()[:2] == [3, 3]

    ic = power.critical_count_ic(expected)
    assert (stats.gamma.ppf(0.025, ic + 0.5) > expected + 0.5).all()
    assert (stats.gamma.ppf(0.025, ic - 0.5) <= expected + 0.5).all()


def test_critical_count_of_maxsprt_is_the_first_to_reach_the_value() -> None:
    # E = 1: LLR(5) = 1 - 5 + 5 ln 5 = 4.05, LLR(4) = 1 - 4 + 4 ln 4 = 2.55
    assert power.critical_count_maxsprt(1, critical_value=3.0) == 5
    assert power.critical_count_maxsprt([0, 1e-9], critical_value=3.0, n_min=3).tolist() == [3, 3]


def test_detectable_ratio_and_person_time_are_two_sides_of_one_mean() -> None:
    rr = power.minimal_detectable_rr(1.5, power=0.9, n_min=4)
    assert power.detection_probability(1.5, n_min=4, relative_risk=rr) == pytest.approx(0.9)
    assert power.person_time_needed(0.01, relative_risk=rr, power=0.9, n_min=4) == pytest.approx(
        1.5 / 0.01
    )


def test_nothing_expected_means_nothing_detectable() -> None:
    assert power.minimal_detectable_rr(0) == np.inf
    assert power.person_time_needed([0, 1], relative_risk=2)[0] == np.inf


def test_significant_detection_takes_more_person_time_and_reaches_its_power() -> None:
    for rr in (2.0, 5.0, 20.0):
        plain = power.person_time_needed(0.001, relative_risk=rr)
        needed = power.person_time_needed(0.001, relative_risk=rr, alpha=0.05)
        assert needed >= plain
        count = power.critical_count_poisson(0.001 * needed * (1 - 1e-12), alpha=0.05, n_min=3)
        assert stats.poisson.sf(count - 1, 0.001 * rr * needed) == pytest.approx(0.8)


def test_no_effect_is_never_detected_significantly() -> None:
    assert power.person_time_needed(0.001, relative_risk=[1.0, 0.5], alpha=0.05).tolist() == [
        np.inf,
        np.inf,
    ]


def test_sequential_detectable_ratio_reaches_its_power() -> None:
    from pv.stats.sequential import critical_value_poisson, performance_poisson

    value = critical_value_poisson(2.0, minimum=3)
    rr = power.minimal_detectable_rr_sequential(2.0, critical_value=value, minimum=3, power=0.9)
    assert performance_poisson(
        2.0, critical_value=value, minimum=3, relative_risk=rr
    ).power == pytest.approx(0.9)


def test_pooled_only_is_the_pool_less_the_countries() -> None:
    # Two countries, two patients each at risk 1/2, n >= 2: one country 1/4, so any = 1 - (3/4)^2;
    # pooled P(Bin(4, 1/2) >= 2) = 11/16.
    result = power.pooled_only_probability(countries=2, patients=4, risk=0.5, n_min=2)
    assert result.any_country == pytest.approx(7 / 16)
    assert result.pooled == pytest.approx(11 / 16)
    assert result.pooled_only == pytest.approx(4 / 16)


def test_unequal_countries_take_their_own_means() -> None:
    means = [0.2, 0.0, 1.5]
    result = power.pooled_only_unequal(means, n_min=2)
    none = np.prod(stats.poisson.cdf(1, means))
    assert result.any_country == pytest.approx(1 - none)
    assert result.pooled == pytest.approx(stats.poisson.sf(1, 1.7))
    certain = power.pooled_only_unequal([1e9, 1.0], n_min=2)
    assert (certain.any_country, certain.pooled_only) == (1, 0)


def test_one_country_alone_is_never_pooled_only() -> None:
    assert power.pooled_only_probability(
        countries=1, patients=5000, risk=0.001
    ).pooled_only == pytest.approx(0)
    assert power.pooled_only_unequal([3.0]).pooled_only == pytest.approx(0)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: power.detection_probability(-1, n_min=3), "expected"),
        (lambda: power.detection_probability(1, n_min=2.5), "n_min"),
        (lambda: power.patients_needed(0), "risk"),
        (lambda: power.patients_needed(0.1, power=1.0), "power"),
        (lambda: power.pooled_only_probability(countries=0, patients=10, risk=0.1), "countries"),
        (lambda: power.minimal_detectable_rr(1, power=2), "power"),
        (lambda: power.person_time_needed(1, relative_risk=0), "relative_risk"),
        (lambda: power.person_time_needed(1, relative_risk=2, alpha=2), "alpha"),
        (lambda: power.critical_count_poisson(math.nan), "expected"),
        (lambda: power.critical_count_maxsprt(1, critical_value=0), "critical_value"),
    ],
)
def test_bad_input_is_refused_by_name(call: object, name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name} must"):
        call()  # pyright: ignore
