"""Pooling over strata: the zeros count, collapsing does not."""

from collections.abc import Callable
from math import exp, sqrt

import numpy as np
import pytest

from pv.stats import information, stratified, twobytwo

Z = 1.959963984540054

# Two products and two events in three countries; the last country is empty.
PRODUCT = np.array([[10, 20, 0], [5, 0, 0]])
EVENT = np.array([[8, 4, 0], [0, 6, 0]])
TOTAL = np.array([100, 50, 0])


def test_expectation_sums_over_every_country_and_skips_an_empty_one() -> None:
    result = stratified.expected_from_margins(
        PRODUCT, EVENT, TOTAL, product_index=[0, 0, 1, 1], event_index=[0, 1, 0, 1]
    )
    by_hand = [10 * 8 / 100 + 20 * 4 / 50, 20 * 6 / 50, 5 * 8 / 100, 0]
    np.testing.assert_allclose(result, by_hand)


def test_expectation_of_no_pairs_is_empty() -> None:
    assert stratified.expected_from_margins(
        PRODUCT, EVENT, TOTAL, product_index=[], event_index=[]
    ).shape == (0,)


def test_expectation_does_not_depend_on_how_the_pairs_are_chunked() -> None:
    # Three chunks and a remainder; repeated pairs must repeat their number.
    pairs = np.tile([0, 1, 2, 3], 13_000)
    result = stratified.expected_from_margins(
        PRODUCT, EVENT, TOTAL, product_index=pairs // 2, event_index=pairs % 2
    )
    np.testing.assert_array_equal(result.reshape(-1, 4), np.tile(result[:4], (13_000, 1)))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"product_margin": [[101, 20, 0]]}, "product_margin must not exceed totals"),
        ({"event_margin": [[8, 4, 1]]}, "event_margin must not exceed totals"),
        ({"product_margin": [[1, 2]]}, "product_margin must have one column per stratum"),
        ({"product_index": [2]}, r"product_index must lie in 0\.\.1, but holds 2"),
        ({"event_index": [0, 1]}, "must be one-dimensional and of one length"),
        ({"totals": [100, 50, -1]}, "totals must not be negative"),
    ],
)
def test_margins_that_cannot_be_are_refused(changed: dict[str, object], message: str) -> None:
    arguments: dict[str, object] = {
        "product_margin": PRODUCT,
        "event_margin": EVENT,
        "totals": TOTAL,
        "product_index": [0],
        "event_index": [0],
    }
    with pytest.raises(ValueError, match=message):
        stratified.expected_from_margins(**(arguments | changed))  # type: ignore[arg-type]


def test_two_null_countries_make_no_pooled_signal_though_their_sum_would() -> None:
    """METHODS part 3: collapsed they give PRR 3.95; stratified, nothing."""
    cells = np.array([[8, 92, 16, 184], [1, 99, 99, 9801]]).T
    assert stratified.mh_or(*cells).estimate == pytest.approx(1)
    assert stratified.mh_rr(*cells).estimate == pytest.approx(1)
    crude = cells.sum(1)
    assert information.ic(crude[0], twobytwo.expected(*crude)).lower > 0.6
    assert information.ic(crude[0], twobytwo.expected(*cells).sum()).estimate == pytest.approx(0)


def test_mantel_haenszel_odds_ratio_by_hand() -> None:
    # Tables (8, 98, 5, 115) and (22, 76, 16, 69).
    r = [8 * 115 / 226, 22 * 69 / 183]
    s = [98 * 5 / 226, 76 * 16 / 183]
    p = [(8 + 115) / 226, (22 + 69) / 183]
    q = [(98 + 5) / 226, (76 + 16) / 183]
    variance = (
        sum(x * y for x, y in zip(p, r, strict=True)) / (2 * sum(r) ** 2)
        + sum(p[k] * s[k] + q[k] * r[k] for k in (0, 1)) / (2 * sum(r) * sum(s))
        + sum(x * y for x, y in zip(q, s, strict=True)) / (2 * sum(s) ** 2)
    )
    result = stratified.mh_or([8, 22], [98, 76], [5, 16], [115, 69])
    assert result.estimate == pytest.approx(sum(r) / sum(s))
    assert result.log_variance == pytest.approx(variance)
    assert result.lower == pytest.approx(sum(r) / sum(s) * exp(-Z * sqrt(variance)))


def test_one_stratum_gives_the_crude_ratios() -> None:
    assert stratified.mh_or([4], [16], [10], [190]).estimate == pytest.approx(4 * 190 / (16 * 10))
    # For one table the Robins-Breslow-Greenland variance is Woolf's.
    woolf = 1 / 4 + 1 / 16 + 1 / 10 + 1 / 190
    assert stratified.mh_or([4], [16], [10], [190]).log_variance == pytest.approx(woolf)
    prr_variance = 1 / 4 - 1 / 20 + 1 / 10 - 1 / 200
    risk = stratified.mh_rr([4], [16], [10], [190])
    assert risk.estimate == pytest.approx((4 / 20) / (10 / 200))
    assert risk.log_variance == pytest.approx(prr_variance)
    rate = stratified.mh_irr([4], [20], [10], [200])
    assert rate.estimate == pytest.approx((4 / 20) / (10 / 200))
    assert rate.log_variance == pytest.approx(1 / 4 + 1 / 10)


@pytest.mark.parametrize("function", [stratified.mh_or, stratified.mh_rr])
def test_pooled_ratio_at_zeros_has_a_point_and_no_interval(
    function: Callable[..., stratified.LogEstimate],
) -> None:
    none_with_both = function([0, 0], [5, 5], [3, 3], [9, 9])
    none_without = function([2, 1], [5, 5], [0, 0], [9, 9])
    nothing = function([0, 0], [5, 5], [0, 0], [9, 9])
    assert none_with_both.estimate == 0
    assert none_without.estimate == np.inf
    assert np.isnan(nothing.estimate)
    for result in (none_with_both, none_without, nothing):
        assert np.isnan([result.lower, result.upper]).all()


def test_a_stratum_without_person_time_adds_nothing_but_may_hold_no_events() -> None:
    with_empty = stratified.mh_irr([4, 0], [20, 0], [10, 3], [200, 50])
    assert with_empty.estimate == pytest.approx((4 / 20) / (10 / 200))
    with pytest.raises(ValueError, match="x1 must not exceed 0 where t1 is 0"):
        stratified.mh_irr([4, 1], [20, 0], [10, 3], [200, 50])


def sparse(**changed: object) -> stratified.LogEstimate:
    arguments: dict[str, object] = {
        "product_margin": [[10, 20]],
        "event_margin": [[8, 4]],
        "totals": [100, 50],
        "product_index": [0],
        "event_index": [0],
        "cell_pair": [0],
        "cell_stratum": [0],
        "cell_a": [3],
    }
    return stratified.mh_or_sparse(**(arguments | changed))  # type: ignore[arg-type]


def test_sparse_odds_ratio_counts_the_country_where_no_case_has_both() -> None:
    # Country 1: a = 3, b = 7, c = 5, d = 85. Country 2, without a cell: a = 0, 20, 4, 26.
    result = sparse()
    numerator = 3 * 85 / 100
    denominator = 7 * 5 / 100 + 20 * 4 / 50
    assert result.estimate == pytest.approx([numerator / denominator])
    dense = stratified.mh_or([3, 0], [7, 20], [5, 4], [85, 26])
    assert result.lower == pytest.approx([dense.lower])


def test_sparse_odds_ratio_with_an_empty_denominator_is_infinite_not_dust() -> None:
    # Every case of the product has the event: b = 0 in the only country where both occur.
    result = sparse(product_margin=[[3, 0]], event_margin=[[7, 4]], totals=[97, 50])
    assert result.estimate == np.inf
    assert np.isnan(result.upper)


def test_sparse_odds_ratio_of_a_pair_without_any_case_is_zero() -> None:
    result = sparse(cell_pair=[], cell_stratum=[], cell_a=[])
    assert result.estimate == 0
    assert np.isnan(result.lower)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"cell_a": [11]}, "cell_a must not exceed the product's margin, but 11.0 > 10.0"),
        ({"cell_a": [9]}, "cell_a must not exceed the event's margin, but 9.0 > 8.0"),
        ({"totals": [14, 50]}, "need more cases than its stratum has"),
        ({"cell_stratum": [2]}, r"cell_stratum must lie in 0\.\.1"),
        ({"cell_pair": [1]}, r"cell_pair must lie in 0\.\.0"),
        (
            {"cell_pair": [0, 0, 0], "cell_stratum": [1, 0, 1], "cell_a": [1, 1, 1]},
            "cell of pair 0, stratum 1 comes twice",
        ),
    ],
)
def test_cells_that_cannot_be_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        sparse(**changed)


def test_leave_one_out_pools_the_others() -> None:
    result = stratified.leave_one_out([4, 0, 2], [1.0, 0.5, 2.0])
    others = information.ic([0 + 2, 4 + 2, 4 + 0], [0.5 + 2, 1 + 2, 1 + 0.5])
    np.testing.assert_allclose(result.estimate, others.estimate)
    np.testing.assert_allclose(result.lower, others.lower)


def test_leaving_out_the_only_country_leaves_nothing() -> None:
    assert stratified.leave_one_out([4], [0.1]).estimate == [0.0]
