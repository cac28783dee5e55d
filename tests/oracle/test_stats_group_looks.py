"""Group sequential designs against every path written out, and against the continuous design."""

import itertools
from math import comb

import numpy as np
import pytest
from scipy import stats

from pv.stats import power, sequential, sequential_binomial
from pv.stats import sequential_group as group


def paths_poisson(looks: np.ndarray, count: np.ndarray, risk: float) -> np.ndarray:
    """Probability to signal at each look, summed over all increments up to 30."""
    means = np.diff(looks, prepend=0) * risk
    pmf = [stats.poisson.pmf(np.arange(31), mean) for mean in means]
    found = np.zeros(looks.size)
    for steps in itertools.product(range(31), repeat=looks.size):
        crossed = np.flatnonzero(np.cumsum(steps) >= count)
        if crossed.size:
            found[crossed[0]] += np.prod([p[k] for p, k in zip(pmf, steps, strict=True)])
    return found


@pytest.mark.parametrize("risk", [1.0, 2.5])
def test_poisson_errors_and_power_are_those_of_all_paths(risk: float) -> None:
    looks = np.array([0.5, 1.2, 3.0])
    design = group.group_poisson(looks, critical_value=1.9)
    by_path = paths_poisson(looks, design.count, risk)
    found = group.group_performance(design, relative_risk=risk)
    np.testing.assert_allclose(found.at_look, by_path, rtol=1e-9)
    assert found.power == pytest.approx(by_path.sum())
    assert found.mean_time_to_signal == pytest.approx(by_path @ looks / by_path.sum())
    assert found.mean_sample_size == pytest.approx(by_path @ looks + (1 - by_path.sum()) * 3)
    if risk == 1:
        np.testing.assert_allclose(design.spent, np.cumsum(by_path), rtol=1e-9)


def test_binomial_errors_are_those_of_all_sequences() -> None:
    looks, z = np.array([3, 7, 12]), 2.0
    design = group.group_binomial(looks, matching_ratio=z, critical_value=1.5, minimum=2)
    at_look = np.zeros(3)
    for sequence in itertools.product((0, 1), repeat=12):
        seen = np.cumsum(sequence)[looks - 1]
        crossed = np.flatnonzero(seen >= design.count)
        if crossed.size:
            at_look[crossed[0]] += (1 / 3) ** sum(sequence) * (2 / 3) ** (12 - sum(sequence))
    np.testing.assert_allclose(design.spent, np.cumsum(at_look), rtol=1e-9)
    ratio = sequential_binomial.llr_binomial(design.count, looks, matching_ratio=z)
    below = sequential_binomial.llr_binomial(design.count - 1, looks, matching_ratio=z)
    assert (ratio >= 1.5 - 1e-9).all()
    assert ((below < 1.5) | (design.count == 2)).all()


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("minimum", [1, 4])
def test_a_critical_value_is_the_smallest_attainable_that_keeps_alpha(
    alpha: float, minimum: int
) -> None:
    looks = [6.0, 12.0, 18.0, 24.0, 30.0]
    design = group.group_poisson(looks, alpha=alpha, minimum=minimum)
    assert design.error <= alpha
    assert design.critical_value is not None
    ratios = np.array([sequential.llr(np.arange(minimum, 80), look) for look in looks]).ravel()
    below = ratios[ratios < design.critical_value - 1e-6].max()
    assert group.group_poisson(looks, critical_value=below, minimum=minimum).error > alpha


def test_many_looks_tend_to_the_continuous_design() -> None:
    continuous = sequential.critical_value_poisson(5.0, minimum=2)
    looks = np.linspace(5 / 2_000, 5, 2_000)
    error = group.group_poisson(looks, critical_value=continuous, minimum=2).error
    assert error < 0.05
    assert error == pytest.approx(0.05, abs=4e-4)


def test_one_look_is_the_ordinary_exact_test() -> None:
    for design in (group.group_poisson(4.2), group.spending_poisson(4.2)):
        assert design.count == power.critical_count_poisson(4.2, alpha=0.05)
        assert design.error == pytest.approx(stats.poisson.sf(design.count[0] - 1, 4.2))
    # 8 events at equal odds: 7 or more have (8 + 1)/256.
    design = group.spending_binomial(8, matching_ratio=1.0)
    assert design.count == 7
    assert design.error == pytest.approx((comb(8, 7) + 1) / 256)


@pytest.mark.parametrize("rho", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("kind", ["poisson", "binomial"])
def test_error_is_spent_as_allowed_and_no_count_could_be_lower(kind: str, rho: float) -> None:
    if kind == "poisson":
        looks = np.array([1.0, 2.5, 4.0, 8.0])
        design = group.spending_poisson(looks, rho=rho)
    else:
        looks = np.array([5.0, 10.0, 20.0, 40.0])
        design = group.spending_binomial(looks, rho=rho, matching_ratio=2.0)
    allowed = group.power_spending(looks / looks[-1], rho=rho)
    assert (design.spent <= allowed).all()
    assert group.group_performance(design, relative_risk=1).power == pytest.approx(design.error)
    for i in np.flatnonzero(np.isfinite(design.count) & (design.count > 1)):
        count = design.count.copy()
        count[i] -= 1
        lower = group.GroupDesign(looks, count, design.spent, design.matching_ratio)
        at_look = group.group_performance(lower, relative_risk=1).at_look
        assert np.cumsum(at_look)[i] > allowed[i]


def test_a_look_already_held_does_not_depend_on_later_ones() -> None:
    early = group.spending_poisson([1.0, 2.0], horizon=10)
    later = group.spending_poisson([1.0, 2.0, 4.0, 7.5], horizon=10)
    np.testing.assert_array_equal(later.count[:2], early.count)
    np.testing.assert_array_equal(later.spent[:2], early.spent)


def test_a_look_that_can_afford_nothing_does_not_signal() -> None:
    design = group.spending_binomial([2, 30], matching_ratio=1.0, rho=3)
    assert design.count[0] == np.inf
    assert design.spent[0] == 0
    strict = group.group_binomial([3], matching_ratio=1.0, alpha=0.01)  # 1/8 at least
    assert (strict.count.tolist(), strict.error) == ([np.inf], 0)
    assert np.isnan(group.group_performance(strict).mean_time_to_signal)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: group.group_poisson([1.0, 1.0]), "looks must be a list"),
        (lambda: group.group_poisson([]), "looks must be a list"),
        (lambda: group.group_poisson([0.0, 1.0]), "looks must be above zero"),
        (lambda: group.group_poisson([1e5]), "looks must expect at most"),
        (lambda: group.group_binomial([1.5], matching_ratio=1), "looks must hold whole numbers"),
        (lambda: group.group_binomial([2], matching_ratio=0), "matching_ratio"),
        (lambda: group.group_poisson([1.0], critical_value=-1.0), "critical_value"),
        (lambda: group.spending_poisson([1.0], rho=0), "rho"),
        (lambda: group.spending_poisson([1.0], alpha=1), "alpha"),
        (lambda: group.spending_poisson([1.0], minimum=0), "minimum"),
        (lambda: group.power_spending(-1), "share"),
        (
            lambda: group.group_performance(
                group.GroupDesign(np.ones(1), np.zeros(1), np.zeros(1))
            ),
            "count must hold at least 1",
        ),
    ],
)
def test_a_bad_design_is_refused_by_name(call: object, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        call()  # type: ignore[operator]
