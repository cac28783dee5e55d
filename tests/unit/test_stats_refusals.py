"""Bad input is refused by name wherever it comes in, the same in sibling functions."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pv.stats import (
    background,
    conditional,
    disproportionality,
    homogeneity,
    information,
    latency,
    multiplicity,
    power,
    sequential,
    sequential_binomial,
    sequential_conditional,
    stratified,
)
from pv.stats.stratified_screening import chi2_yates_sparse, mh_rr_sparse

# Two products, two events and two strata; one pair, whose cells are the last three columns.
SPARSE: dict[str, Any] = {
    "product_margin": [[10, 20], [5, 0]],
    "event_margin": [[8, 4], [0, 6]],
    "totals": [100, 50],
    "product_index": [0],
    "event_index": [0],
    "cell_pair": [0, 0],
    "cell_stratum": [0, 1],
    "cell_a": [3, 2],
}


@pytest.mark.parametrize("function", [stratified.mh_or_sparse, mh_rr_sparse])
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"product_margin": [[101, 20], [5, 0]]}, "product_margin must not exceed totals"),
        ({"event_margin": [[8, 51], [0, 6]]}, "event_margin must not exceed totals"),
        ({"product_margin": [[1]]}, "product_margin must have one column per stratum"),
        ({"product_margin": [10, 20]}, "product_margin must have one column per stratum"),
        ({"event_index": [0, 1]}, "must be one-dimensional and of one length"),
        ({"cell_stratum": [1, 1]}, "cell of pair 0, stratum 1 comes twice"),
        ({"cell_a": [3]}, "must be one-dimensional and of one length"),
        ({"cell_a": [11, 2]}, "cell_a must not exceed the product's margin"),
        ({"cell_a": [9, 2]}, "cell_a must not exceed the event's margin"),
        ({"cell_a": [-1, 2]}, "cell_a must not be negative"),
        ({"product_margin": [[99, 20], [5, 0]]}, "more cases than its stratum has"),
    ],
)
def test_cells_that_cannot_be_are_refused(
    function: Callable[..., Any], changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        function(**(SPARSE | changed))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"n": [3, 2]}, r"must be one-dimensional and of one length: .*n \(2,\)"),
        ({"n": 3}, "must be one-dimensional and of one length"),
        ({"n": [-3]}, "n must not be negative"),
        ({"product_margin": [[101, 20], [5, 0]]}, "product_margin must not exceed totals"),
        ({"event_margin": [[8, 51], [0, 6]]}, "event_margin must not exceed totals"),
    ],
)
def test_pairs_without_their_margins_are_refused(changed: dict[str, Any], message: str) -> None:
    given = {key: value for key, value in SPARSE.items() if not key.startswith("cell")}
    with pytest.raises(ValueError, match=message):
        chi2_yates_sparse(**(given | {"n": [5]} | changed))


@pytest.mark.parametrize("bad", [3.5, 0, -1, math.nan, math.inf])
@pytest.mark.parametrize(
    "call",
    [
        lambda m: sequential.critical_value_poisson(10.0, minimum=m),
        lambda m: sequential.performance_poisson(10.0, critical_value=3.0, minimum=m),
        lambda m: sequential.naive_error(10.0, n_min=m, rule="ic025"),
        lambda m: sequential_binomial.critical_value_binomial(20, matching_ratio=1.0, minimum=m),
        lambda m: sequential_binomial.boundary_binomial(
            20, critical_value=2.0, matching_ratio=1.0, minimum=m
        ),
        lambda m: sequential_conditional.critical_value_conditional(20, max_events=20, minimum=m),
        lambda m: sequential_conditional.power_conditional(
            20, critical_value=3.0, max_events=20, minimum=m
        ),
    ],
)
def test_a_minimum_is_a_whole_number_of_at_least_one(
    call: Callable[[Any], object], bad: float
) -> None:
    with pytest.raises(ValueError, match=r"(minimum|n_min) must be a whole number of at least 1"):
        call(bad)


@pytest.mark.parametrize("events", [math.nan, 20.5, math.inf])
def test_a_number_of_events_is_whole(events: float) -> None:
    for call in (
        lambda: sequential_binomial.critical_value_binomial(events, matching_ratio=1.0),  # type: ignore[arg-type]
        lambda: sequential_conditional.critical_value_conditional(20, max_events=events),  # type: ignore[arg-type]
    ):
        with pytest.raises(ValueError, match="max_events must be a whole number"):
            call()


def test_a_whole_number_may_come_as_a_float_whatever_was_asked_before() -> None:
    """A cache that takes 3.0 for 3 must not decide whether 3.0 is answered."""
    for_int = sequential.critical_value_poisson(7.0, minimum=3)
    assert sequential.critical_value_poisson(7.0, minimum=3.0) == for_int  # type: ignore[arg-type]
    assert sequential.critical_value_poisson(8.0, minimum=3.0) > 0  # type: ignore[arg-type]
    assert (
        sequential_binomial.critical_value_binomial(21.0, matching_ratio=1.0, minimum=2.0).error > 0
    )  # type: ignore[arg-type]
    assert sequential_conditional.critical_value_conditional(21.0, max_events=9.0, minimum=2.0) > 0  # type: ignore[arg-type]


MASKED = np.ma.masked_array([3.0, 4.0], mask=[False, True])


@pytest.mark.parametrize(
    "call",
    [
        lambda: information.ic(MASKED, 1.0),
        lambda: disproportionality.prr(MASKED, 5, 6, 70),
        lambda: disproportionality.fisher(3, 5, MASKED, 70),
        lambda: homogeneity.cochran_q(MASKED, [1.0, 2.0]),
        lambda: multiplicity.benjamini_hochberg(MASKED / 10),
        lambda: stratified.expected_from_margins(
            [[10]],
            [[8]],
            [100],
            product_index=np.ma.masked_array([0], mask=[True]),
            event_index=[0],
        ),
    ],
)
def test_a_mask_is_not_forgotten(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="masked"):
        call()


def test_an_array_whose_mask_hides_nothing_is_an_array() -> None:
    whole = np.ma.masked_array([3.0, 4.0], mask=[False, False])
    assert (
        information.ic(whole, 1.0).estimate.tolist() == information.ic([3, 4], 1).estimate.tolist()
    )


SIMULATIONS: dict[str, Callable[..., object]] = {
    "exact": lambda **given: homogeneity.exact(
        [3, 1], [1.0, 2.0], **{"enumerate_up_to": 0} | given
    ),
    "screen": lambda **given: homogeneity.screen([[3, 1]], [[1.0, 2.0]], **given),
    "freeman_halton": lambda **given: homogeneity.freeman_halton([3, 1], [5, 5], **given),
    "lrt_scan": lambda **given: disproportionality.lrt_scan([3, 1], [5, 5], **given),
}


@pytest.mark.parametrize("name", SIMULATIONS)
@pytest.mark.parametrize("draws", [0, -5, 2.5, math.nan])
def test_a_simulation_needs_draws(name: str, draws: float) -> None:
    with pytest.raises(ValueError, match="draws must be a whole number of at least 1"):
        SIMULATIONS[name](draws=draws)


@pytest.mark.parametrize("name", SIMULATIONS)
@pytest.mark.parametrize("seed", [-1, 2.5, math.nan])
def test_a_seed_is_a_whole_number(name: str, seed: float) -> None:
    with pytest.raises(ValueError, match="seed must be a whole number of at least 0"):
        SIMULATIONS[name](seed=seed)


@pytest.mark.parametrize("name", ["exact", "screen"])
def test_the_most_outcomes_to_enumerate_are_a_whole_number(name: str) -> None:
    with pytest.raises(ValueError, match="enumerate_up_to must be a whole number of at least 0"):
        SIMULATIONS[name](enumerate_up_to=math.nan)


@pytest.mark.parametrize("tolerance", [-1e-6, 0.0, math.nan])
def test_a_tolerance_is_positive(tolerance: float) -> None:
    with pytest.raises(ValueError, match="tolerance must be"):
        latency.interval_onset_curve([1, 2], [2, 5], [9, 9], tolerance=tolerance)


def test_iterations_are_a_whole_number() -> None:
    with pytest.raises(ValueError, match="max_iterations must be a whole number of at least 1"):
        latency.interval_onset_curve([1, 2], [2, 5], [9, 9], max_iterations=0)


@pytest.mark.parametrize("value", [math.nan, -1.0, math.inf])
def test_a_quantile_s_argument_is_checked_where_it_is_one_number(value: float) -> None:
    with pytest.raises(ValueError, match="prior must be"):
        background.probability_above(3, 1.0, 2.0, prior=value)
    with pytest.raises(ValueError, match="power must"):
        power.patients_needed(0.1, power=value)


def test_counts_beyond_the_whole_numbers_of_a_double_are_refused() -> None:
    with pytest.raises(ValueError, match="a must not exceed"):
        disproportionality.fisher(2.0**53 + 2, 1, 1, 1)
    with pytest.raises(ValueError, match="x1 must not exceed"):
        conditional.common_rate_ratio([2.0**60], [1], [1], [1])
