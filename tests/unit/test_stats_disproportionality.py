"""Closed forms on tables small enough to do by hand, and their answers at zeros."""

from collections.abc import Callable
from math import exp, log, log2, sqrt

import numpy as np
import pytest

from pv.stats import disproportionality as dis
from pv.stats import twobytwo

Z = 1.959963984540054


def test_expected_is_row_times_column_over_total() -> None:
    assert twobytwo.expected(1, 2, 3, 4) == (1 + 2) * (1 + 3) / (1 + 2 + 3 + 4)


def test_expected_of_an_empty_table_is_undefined() -> None:
    assert np.isnan(twobytwo.expected(0, 0, 0, 0))


def test_margins_and_cells_are_two_views_of_one_table() -> None:
    table = twobytwo.from_margins(2, 5, 7, 100)
    assert tuple(table) == (2, 5 - 2, 7 - 2, 100 - 5 - 7 + 2)
    assert table.total == 100


@pytest.mark.parametrize(
    ("margins", "message"),
    [
        ((3, 2, 5, 10), "n_both must not exceed n_product"),
        ((3, 5, 2, 10), "n_both must not exceed n_event"),
        ((1, 8, 8, 10), r"n_product \+ n_event - n_both must not exceed n_total, but 15.0 > 10.0"),
    ],
)
def test_margins_that_cannot_be_are_refused(margins: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        twobytwo.from_margins(*margins)


def test_prr_and_its_interval_by_hand() -> None:
    result = dis.prr(4, 16, 10, 190)
    variance = 1 / 4 - 1 / 20 + 1 / 10 - 1 / 200
    assert result.estimate == pytest.approx((4 / 20) / (10 / 200))
    assert result.log_variance == pytest.approx(variance)
    assert result.lower == pytest.approx(4 * exp(-Z * sqrt(variance)))
    assert result.upper == pytest.approx(4 * exp(Z * sqrt(variance)))


def test_ror_and_its_interval_by_hand() -> None:
    result = dis.ror(4, 16, 10, 190)
    variance = 1 / 4 + 1 / 16 + 1 / 10 + 1 / 190
    assert result.estimate == pytest.approx(4 * 190 / (16 * 10))
    assert result.lower == pytest.approx(4.75 * exp(-Z * sqrt(variance)))
    assert result.upper == pytest.approx(4.75 * exp(Z * sqrt(variance)))


@pytest.mark.parametrize(
    ("cells", "estimate"),
    [
        ((0, 5, 3, 9), 0.0),
        ((2, 5, 0, 9), np.inf),
        ((0, 5, 0, 9), np.nan),
        ((0, 0, 3, 9), np.nan),
        ((2, 5, 0, 0), np.nan),
    ],
)
def test_prr_at_zeros_has_the_documented_point_and_no_interval(
    cells: tuple[int, ...], estimate: float
) -> None:
    result = dis.prr(*cells)
    np.testing.assert_equal(float(result.estimate), estimate)
    assert np.isnan([result.lower, result.upper, result.log_variance]).all()


def test_prr_of_a_product_with_no_other_event_keeps_its_interval() -> None:
    result = dis.prr(3, 0, 10, 90)
    assert result.log_variance == pytest.approx(1 / 3 - 1 / 3 + 1 / 10 - 1 / 100)


@pytest.mark.parametrize("empty", range(4))
def test_ror_with_a_zero_cell_is_undefined_while_the_haldane_form_is_not(empty: int) -> None:
    cells = [3, 5, 7, 11]
    cells[empty] = 0
    result, haldane = dis.ror(*cells), dis.ror_haldane(*cells)
    assert np.isnan([result.estimate, result.lower, result.upper]).all()
    a, b, c, d = (cell + 0.5 for cell in cells)
    assert haldane.estimate == pytest.approx(a * d / (b * c))
    assert haldane.lower < haldane.estimate < haldane.upper


def test_chi2_and_yates_by_hand() -> None:
    # ad - bc = 4 x 190 - 16 x 10 = 600; margins 20, 200, 14, 206; N = 220.
    product = 20 * 200 * 14 * 206
    assert dis.chi2(4, 16, 10, 190) == pytest.approx(220 * 600**2 / product)
    assert dis.chi2(4, 16, 10, 190, yates=True) == pytest.approx(220 * (600 - 110) ** 2 / product)


def test_yates_never_turns_a_small_difference_around() -> None:
    # |ad - bc| = |5 x 5 - 5 x 4| = 5 is less than N/2 = 9.5.
    assert dis.chi2(5, 5, 4, 5, yates=True) == 0


@pytest.mark.parametrize("cells", [(0, 0, 3, 4), (3, 4, 0, 0), (0, 3, 0, 4), (3, 0, 4, 0)])
def test_chi2_with_an_empty_margin_is_undefined(cells: tuple[int, ...]) -> None:
    assert np.isnan(dis.chi2(*cells))


def test_chi2_does_not_overflow_on_a_national_database() -> None:
    table = (10**9, 10**9, 10**9, 3 * 10**9)
    assert dis.chi2(*table) == pytest.approx(10**9 * dis.chi2(1, 1, 1, 3))


def test_rrr_is_observed_over_expected() -> None:
    assert dis.rrr(4, 16, 10, 190) == pytest.approx(4 / (20 * 14 / 220))
    assert np.isnan(dis.rrr(0, 0, 3, 4))


def test_lrt_is_zero_without_an_excess_and_by_hand_with_one() -> None:
    # n = 4 of 14 events, E = 20 x 14 / 220.
    mean = 20 * 14 / 220
    by_hand = 4 * log(4 / mean) + 10 * log(10 / (14 - mean))
    assert dis.lrt(4, 20, 14, 220) == pytest.approx(by_hand)
    assert dis.lrt(1, 20, 14, 220) == 0
    assert dis.lrt(14, 20, 14, 220) == pytest.approx(14 * log(14 / mean))
    assert np.isnan(dis.lrt(0, 0, 0, 0))


def test_omega_adds_the_odds_of_the_two_products() -> None:
    # Odds: neither 10/90, first 20/80, second 30/70; joint = .25 + 30/70 - 1/9.
    joint = 20 / 80 + 30 / 70 - 10 / 90
    mean = 50 * joint / (1 + joint)
    result = dis.omega(n111=25, n110=25, n101=20, n011=30, n100=80, n010=70, n001=10, n000=90)
    assert result.expected == pytest.approx(mean)
    assert result.estimate == pytest.approx(log2(25.5 / (mean + 0.5)))
    assert result.lower < result.estimate < result.upper


def test_omega_takes_no_credit_from_a_protective_product() -> None:
    # The second product's odds (5/95) lie below the background's (10/90), which takes their place.
    result = dis.omega(n111=1, n110=49, n101=20, n011=5, n100=80, n010=95, n001=10, n000=90)
    assert result.expected == pytest.approx(50 * (20 / 80) / (1 + 20 / 80))


def test_omega_without_a_reference_is_undefined() -> None:
    result = dis.omega(n111=1, n110=49, n101=20, n011=5, n100=80, n010=95, n001=10, n000=0)
    assert np.isnan(result.expected)
    assert np.isnan(result.estimate)


def test_exact_odds_ratio_at_the_ends_of_the_range() -> None:
    low = dis.ror_exact(0, 5, 3, 9)
    assert (low.estimate, low.lower) == (0, 0)
    assert 0 < low.upper < np.inf
    high = dis.ror_exact(3, 0, 3, 9)
    assert (high.estimate, high.upper) == (np.inf, np.inf)
    assert 0 < high.lower < np.inf
    fixed = dis.ror_exact(0, 0, 3, 9)
    assert np.isnan(fixed.estimate)
    assert (fixed.lower, fixed.upper) == (0, np.inf)


def test_exact_upper_limit_at_zero_solves_its_equation() -> None:
    # Margins 1 and 1 of 4: P(X = 0) = 3/(3 + psi) = .025 gives psi = 117; mid-p: .05 gives 57.
    assert dis.ror_exact(0, 1, 1, 2).upper == pytest.approx(3 / 0.025 - 3)
    assert dis.ror_exact(0, 1, 1, 2, midp=True).upper == pytest.approx(3 / 0.05 - 3)


def test_midp_interval_lies_within_the_exact_one() -> None:
    exact, midp = dis.ror_exact(4, 16, 10, 190), dis.ror_exact(4, 16, 10, 190, midp=True)
    assert exact.lower < midp.lower < midp.estimate < midp.upper < exact.upper


def test_fisher_counts_the_tables_no_more_probable() -> None:
    # Margins 3, 3 of 6: probabilities 1, 9, 9, 1 in twentieths.
    assert dis.fisher(3, 0, 0, 3) == pytest.approx(2 / 20)
    assert dis.fisher(2, 1, 1, 2) == pytest.approx(1)
    assert dis.fisher(0, 0, 0, 0) == 1


def test_one_sided_midp_takes_half_of_the_observed_table() -> None:
    # Margins 3, 3 of 6 again: P(X > 2) + P(X = 2)/2 = 1/20 + 9/40.
    assert dis.fisher_excess(2, 1, 1, 2) == pytest.approx(1 / 20 + 9 / 40)
    assert dis.fisher_excess(2, 1, 1, 2, midp=False) == pytest.approx(10 / 20)
    assert dis.fisher_excess(0, 0, 0, 0) == 0.5


@pytest.mark.parametrize("function", [dis.prr, dis.ror, dis.ror_haldane, dis.chi2, dis.rrr])
@pytest.mark.parametrize("bad", [-1, np.nan, np.inf])
@pytest.mark.parametrize("position", range(4))
def test_a_cell_that_cannot_be_is_refused_by_name(
    function: Callable[..., object], bad: float, position: int
) -> None:
    cells: list[float] = [1, 2, 3, 4]
    cells[position] = bad
    with pytest.raises(ValueError, match=f"^{'abcd'[position]} must"):
        function(*cells)


@pytest.mark.parametrize("function", [dis.ror_exact, dis.fisher])
def test_exact_methods_refuse_fractional_counts(function: Callable[..., object]) -> None:
    with pytest.raises(ValueError, match="a must hold whole numbers"):
        function(1.5, 2, 3, 4)


@pytest.mark.parametrize(
    "function", [dis.prr, dis.ror, dis.ror_haldane, dis.ror_exact, dis.chi2, dis.rrr, dis.fisher]
)
def test_arrays_broadcast_and_equal_the_scalars(function: Callable[..., object]) -> None:
    a, d = np.array([[1], [2], [7]]), np.array([40, 500])
    together = function(a, 20, 30, d)
    for i, j in np.ndindex(3, 2):
        alone = function(int(a[i, 0]), 20, 30, int(d[j]))
        for name in getattr(alone, "__match_args__", ()):
            assert getattr(together, name)[i, j] == pytest.approx(float(getattr(alone, name)))
        if not hasattr(alone, "__match_args__"):
            assert together[i, j] == pytest.approx(float(alone))  # type: ignore[index]


@pytest.mark.parametrize("function", [dis.prr, dis.ror, dis.ror_haldane, dis.ror_exact])
def test_no_pairs_give_no_results(function: Callable[..., object]) -> None:
    nothing: list[int] = []
    assert function(nothing, nothing, nothing, nothing).estimate.shape == (0,)  # type: ignore[attr-defined]


def test_the_scan_gives_the_same_bytes_whatever_the_order_of_the_events() -> None:
    n, margin = np.array([5, 1, 0, 2, 0]), np.array([9, 12, 20, 30, 0])
    order = np.array([3, 4, 0, 2, 1])
    one, other = dis.lrt_scan(n, margin), dis.lrt_scan(n[order], margin[order])
    assert (one.p_value[order] == other.p_value).all()
    assert one.critical_value == other.critical_value
    assert one.p_value[4] == 1


def test_a_ratio_above_the_critical_value_has_a_p_within_alpha() -> None:
    n, margin = np.array([9, 3, 1, 2, 6]), np.array([9, 12, 40, 30, 90])
    found = dis.lrt_scan(n, margin, alpha=0.05, draws=999)
    above = found.llr > found.critical_value * (1 + 1e-6)
    assert above.tolist() == [True, False, False, False, False]
    assert (found.p_value[above] <= 0.05).all()
    assert (found.p_value[~above] > 0.05).all()


def test_the_scan_without_cases_finds_nothing() -> None:
    found = dis.lrt_scan([0, 0], [3, 4])
    assert found.overall_p_value == 1
    assert found.p_value.tolist() == [1, 1]


def test_the_scan_refuses_what_is_no_table() -> None:
    for call, message in (
        (lambda: dis.lrt_scan([5], [4]), "n must not exceed n_event"),
        (lambda: dis.lrt_scan([1, 2], [4]), "n and n_event must be two lists"),
        (lambda: dis.lrt_scan([1.5], [4]), "n must hold whole numbers"),
        (lambda: dis.lrt_scan([1], [4], draws=5), "draws must be"),
        (lambda: dis.lrt_scan([1], [4], alpha=1.0), "alpha must"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
