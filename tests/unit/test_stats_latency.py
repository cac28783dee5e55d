import math

import numpy as np
import pytest
from scipy import stats

from pv.stats import latency, latency_parametric


def test_without_truncation_the_curve_is_the_empirical_distribution() -> None:
    curve = latency.onset_curve([1, 2, 2, 5], [9, 9, 9, 9])
    assert curve.time.tolist() == [1, 2, 5]
    assert curve.cumulative == pytest.approx([1 / 4, 3 / 4, 1])
    # Greenwood of complete data is the binomial variance F(1-F)/n.
    assert curve.variance[:2] == pytest.approx([3 / 16 / 4, 3 / 16 / 4])
    assert curve.tmax == 9


def test_truncation_by_hand() -> None:
    # Onsets 1, 3, 4 observed up to 2, 5, 6. At 4: at risk {3/5, 4/6}, F(3) = 1 - 1/2.
    # At 3: at risk {3/5, 4/6 has not started}: onset <= 3 <= truncation holds for 3/5 alone -> 0.
    curve = latency.onset_curve([1, 3, 4], [2, 5, 6])
    assert curve.at_risk.tolist() == [1, 1, 2]
    assert curve.cumulative == pytest.approx([0, 1 / 2, 1])
    assert curve.reliable_from == 3
    assert (curve.lower[0], curve.upper[0]) == (0, 1)


def test_a_late_observed_report_counts_for_the_unseen_ones() -> None:
    # Onset 1 seen until 2 (twice), onset 1 and 3 seen until 9. At 3, two are at risk: F(1) = 1/2,
    # though three of four reports have onset 1.
    curve = latency.onset_curve([1, 1, 1, 3], [2, 2, 9, 9])
    assert curve.cumulative == pytest.approx([1 / 2, 1])


def test_no_report_gives_an_empty_curve() -> None:
    assert latency.onset_curve([], []).time.shape == (0,)
    assert latency.interval_onset_curve([], [], []).mass.shape == (0,)


def test_intervals_that_are_points_give_the_same_curve() -> None:
    rng = np.random.default_rng(1)
    onset, truncation = rng.weibull(1.2, 400) * 200, rng.uniform(0, 800, 400)
    seen = onset <= truncation
    onset, truncation = np.ceil(onset[seen]), np.ceil(truncation[seen])
    points = latency.interval_onset_curve(onset, onset, truncation, tolerance=1e-9)
    curve = latency.onset_curve(onset, truncation)
    assert points.score <= 1e-9
    at = np.searchsorted(points.right, curve.time, side="right") - 1
    assert points.cumulative[at] == pytest.approx(curve.cumulative, abs=1e-5)


def test_an_interval_leaves_its_mass_where_it_may_lie() -> None:
    # One onset known to lie in [2, 6], one at 3: all mass on 3 explains both.
    both = latency.interval_onset_curve([2, 3], [6, 3], [9, 9])
    assert both.left.tolist() == both.right.tolist() == [3]
    assert both.log_likelihood == pytest.approx(0, abs=1e-5)
    # Two disjoint intervals: half each, and nothing says where inside.
    apart = latency.interval_onset_curve([1, 5], [2, 8], [9, 9])
    assert apart.cumulative[-1] == pytest.approx(1)
    early = apart.right <= 2
    assert apart.mass[early].sum() == pytest.approx(1 / 2)


def test_an_interval_is_cut_at_its_truncation() -> None:
    cut = latency.interval_onset_curve([1, 4], [30, 4], [3, 9])
    assert cut.right.max() == 4
    assert cut.tmax == 9


def test_exponential_exists_only_if_onsets_are_early() -> None:
    early = latency_parametric.fit_exponential([0.5, 0.7], [2, 3])  # 1.2 < 5/2
    late = latency_parametric.fit_exponential([1.5, 1.7], [2, 3])  # 3.2 >= 5/2
    assert early.state == "estimated"
    assert late.state == "not identifiable"
    assert math.isnan(late.scale)
    assert late.scale_upper == math.inf
    assert 0 < late.scale_lower < math.inf


def test_exponential_of_hardly_truncated_onsets_is_their_mean() -> None:
    onset = np.array([1.0, 2.0, 3.0, 6.0])
    fit = latency_parametric.fit_exponential(onset, np.full(4, 1e4))
    assert fit.scale == pytest.approx(onset.mean())
    assert fit.log_likelihood == pytest.approx(stats.expon.logpdf(onset, scale=3).sum())


@pytest.mark.parametrize("onset", [[], [0.0, 0.0]])
def test_exponential_of_no_report_or_same_day_onsets_is_not_identifiable(
    onset: list[float],
) -> None:
    fit = latency_parametric.fit_exponential(onset, [9.0] * len(onset))
    assert fit.state == "not identifiable"
    assert (fit.scale_lower, fit.scale_upper) == (0, math.inf)


def test_weibull_of_hardly_truncated_onsets_is_the_ordinary_fit() -> None:
    onset = np.random.default_rng(2).weibull(1.7, 300) * 40
    fit = latency_parametric.fit_weibull(onset, np.full(300, 1e5))
    shape, _, scale = stats.weibull_min.fit(onset, floc=0)
    assert (fit.shape, fit.scale) == pytest.approx((shape, scale), rel=1e-3)
    assert fit.shape_lower < 1.7 < fit.shape_upper
    assert fit.scale_lower < 40 < fit.scale_upper


def test_weibull_of_onsets_like_a_power_law_is_not_identifiable() -> None:
    # Uniform and convex onsets within their truncation: any large scale explains them.
    truncation = np.linspace(5, 10, 40)
    share = np.tile([0.55, 0.75, 0.9, 0.98], 10)
    fit = latency_parametric.fit_weibull(share * truncation, truncation)
    assert fit.state == "not identifiable"
    assert math.isnan(fit.scale)
    assert fit.scale_upper == math.inf


def test_weibull_of_two_reports_is_not_identifiable() -> None:
    assert latency_parametric.fit_weibull([1, 2], [9, 9]).state == "not identifiable"


def test_comparison_leaves_out_what_was_not_observed_for_the_window() -> None:
    ours = ([1, 2, 3, 50], [5, 100, 100, 100])
    theirs = ([8, 9, 10], [100, 100, 5 + 10])
    result = latency_parametric.compare_onsets(*ours, *theirs, window=15)
    # Ours: 2, 3 (1 was observed 5 days, 50 lies outside); theirs: all three. Fully apart: p = 2/10.
    assert (result.n, result.n_comparator) == (2, 3)
    assert result.statistic == 1
    assert result.p_value == pytest.approx(2 / 10)


def test_comparison_with_nobody_is_undefined() -> None:
    result = latency_parametric.compare_onsets([], [], [1], [9], window=5)
    assert math.isnan(result.statistic)
    assert (result.n, result.n_comparator) == (0, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: latency.onset_curve([5], [4]), "onset must not exceed truncation"),
        (lambda: latency.onset_curve([-1], [4]), "onset must not be negative"),
        (lambda: latency.onset_curve([1, 2], [4]), "onset and truncation must be two lists"),
        (lambda: latency.interval_onset_curve([3], [2], [4]), "low must not exceed high"),
        (lambda: latency.interval_onset_curve([3], [3, 4], [4]), "low and high must have equal"),
        (lambda: latency_parametric.fit_weibull([0, 1, 2], [4, 4, 4]), "onset must be above zero"),
        (lambda: latency_parametric.fit_exponential([1], [math.nan]), "truncation must be finite"),
        (
            lambda: latency_parametric.compare_onsets([1], [2], [3], [2], window=1),
            "comparator_onset must not exceed comparator_truncation",
        ),
        (lambda: latency_parametric.compare_onsets([1], [2], [1], [2], window=0), "window must"),
    ],
)
def test_bad_input_is_refused_by_name(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        call()  # pyright: ignore
