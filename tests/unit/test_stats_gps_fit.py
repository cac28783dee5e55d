import numpy as np
import pytest

from pv.stats import gps, gps_fit
from pv.stats.gps_zeros import ZeroBins, zero_bins

TRUTH = (0.5, 0.1, 3.0, 3.0, 0.1)


def simulated_table(truth: tuple[float, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """200 products by 200 events; each cell's ratio is drawn from the mixture."""
    rng = np.random.default_rng(seed)
    rows, columns = rng.lognormal(0, 1.5, 200), rng.lognormal(0, 1.5, 200)
    expected = np.outer(rows / rows.sum(), columns / columns.sum()) * 2e5
    alpha1, beta1, alpha2, beta2, weight = truth
    ratio = np.where(
        rng.random(expected.shape) < weight,
        rng.gamma(alpha1, 1 / beta1, expected.shape),
        rng.gamma(alpha2, 1 / beta2, expected.shape),
    )
    return rng.poisson(ratio * expected).ravel(), expected.ravel()


@pytest.mark.parametrize("likelihood", ["full", "component-truncated", "mixture-truncated"])
def test_fit_names_its_likelihood_and_certifies_an_optimum(
    likelihood: gps_fit.Likelihood,
) -> None:
    n, expected = simulated_table(TRUTH, seed=1)
    result = gps_fit.fit(n, expected, likelihood=likelihood)
    assert result.likelihood == likelihood
    assert result.limit == "none"
    assert result.certificate.gradient_norm < 0.01
    assert result.certificate.starts_agreeing >= 6
    assert result.certificate.bound_distance > 1
    assert result.certificate.curvature > 1


@pytest.mark.parametrize("likelihood", ["full", "mixture-truncated"])
def test_fit_finds_the_planted_prior(likelihood: gps_fit.Likelihood) -> None:
    # component-truncated is another model: its weight is that of the components after truncation.
    n, expected = simulated_table(TRUTH, seed=2)
    prior = gps_fit.fit(n, expected, likelihood=likelihood).prior
    assert prior.alpha1 / prior.beta1 == pytest.approx(5, rel=0.15)
    assert prior.alpha2 / prior.beta2 == pytest.approx(1, rel=0.05)
    assert prior.weight == pytest.approx(0.1, abs=0.02)


def test_components_are_ordered_by_mean_whichever_way_the_table_was_made() -> None:
    n, expected = simulated_table((3.0, 3.0, 0.5, 0.1, 0.9), seed=3)
    prior = gps_fit.fit(n, expected).prior
    assert prior.alpha1 / prior.beta1 > prior.alpha2 / prior.beta2
    assert prior.weight < 0.5


def test_binned_zeros_do_the_work_of_the_zero_cells() -> None:
    n, expected = simulated_table(TRUTH, seed=4)
    seen = n > 0
    place = np.floor(np.log(expected[~seen]) * 25).astype(int)
    _, group = np.unique(place, return_inverse=True)
    count = np.bincount(group).astype(float)
    zeros = ZeroBins(np.bincount(group, weights=expected[~seen]) / count, count)
    whole = gps_fit.fit(n, expected)
    binned = gps_fit.fit(n[seen], expected[seen], zeros=zeros)
    assert binned.neg_log_likelihood == pytest.approx(whole.neg_log_likelihood, abs=1.0)
    pairs = ([1, 3, 20], [0.01, 1, 4])
    assert gps.eb05(*pairs, binned.prior) == pytest.approx(gps.eb05(*pairs, whole.prior), rel=1e-3)


def test_a_null_table_tends_to_a_point_mass_at_one() -> None:
    rng = np.random.default_rng(5)
    expected = rng.gamma(0.5, 4.0, 4000)
    result = gps_fit.fit(rng.poisson(expected), expected)
    assert result.limit == "null"
    assert gps.ebgm([0, 5, 50], [1, 5, 40], result.prior) == pytest.approx(1, abs=0.01)


def test_a_null_background_beside_signals_is_a_named_point_mass() -> None:
    n, expected = simulated_table((2.0, 0.4, 1e7, 1e7, 0.05), seed=6)
    result = gps_fit.fit(n, expected)
    assert result.limit == "point-mass"
    assert result.prior.alpha2 / result.prior.beta2 == pytest.approx(1, abs=0.02)
    assert result.prior.alpha1 / result.prior.beta1 == pytest.approx(5, rel=0.2)


def test_an_optimum_that_is_no_optimum_is_refused_by_name() -> None:
    # Every cell is twice its expectation: a point mass at 2 with any weight. No mixture is told.
    expected = np.round(np.linspace(20, 400, 500))
    none = ZeroBins(np.zeros(0), np.zeros(0))
    with pytest.raises(gps_fit.GpsNotIdentified, match=r"bound|flat") as refusal:
        gps_fit.fit(2 * expected, expected, zeros=none)
    assert refusal.value.reason in str(refusal.value)


def test_the_full_likelihood_asks_for_its_zero_cells() -> None:
    with pytest.raises(ValueError, match="give zeros"):
        gps_fit.fit([1, 2], [1, 1])


@pytest.mark.parametrize(
    ("n", "expected", "message"),
    [
        ([], [], "nothing to fit"),
        ([0, 0], [1, 2], "nothing to fit"),
        ([0, 1], [1, 0], "expected must be above zero"),
        ([0, 1], [1, 2, 3], "equal length"),
        ([0, -1], [1, 2], "n must not be negative"),
        ([0, 1.5], [1, 2], "n must hold whole numbers"),
    ],
)
def test_a_table_that_cannot_be_fitted_is_refused(
    n: list[float], expected: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        gps_fit.fit(n, expected)
    with pytest.raises(ValueError, match="likelihood must be one of"):
        gps_fit.fit([0, 1], [1, 1], likelihood="best")  # pyright: ignore


def test_zero_bins_hold_every_cell_but_the_observed_ones() -> None:
    # Margins (2, 3) x (1, 4) of 10: E = .2 .8 / .3 1.2; cell (1, 0) is observed.
    bins = zero_bins([2, 3], [1, 4], 10, observed_product=[1], observed_event=[0])
    assert bins.expected == pytest.approx([0.2, 0.8, 1.2])
    assert bins.count.tolist() == [1, 1, 1]


def test_zero_bins_of_strata_sum_the_expectations() -> None:
    # Product 0 only in stratum A, event 1 only in B: that cell can hold no case, and is left out.
    products, events = [[2, 0], [1, 3]], [[2, 1], [0, 5]]
    bins = zero_bins(products, events, [10, 10], observed_product=[], observed_event=[])
    # (0,0): 2*2/10; (1,0): 1*2/10 + 3*1/10; (1,1): 3*5/10
    assert bins.expected == pytest.approx([0.4, 0.5, 1.5])


def test_zero_bins_keep_the_summed_expectation_and_the_number_of_cells() -> None:
    rng = np.random.default_rng(7)
    product, event = rng.integers(1, 400, 300), rng.integers(1, 900, 500)
    cells = rng.choice(300 * 500, 4000, replace=False)
    row, column = np.divmod(cells, 500)
    bins = zero_bins(product, event, 50_000, observed_product=row, observed_event=column)
    observed = (product[row] * event[column] / 50_000).sum()
    assert bins.count.sum() == 300 * 500 - 4000
    total = product.sum() * event.sum() / 50_000
    assert bins.expected @ bins.count == pytest.approx(total - observed)


def test_zero_bins_refuse_what_is_no_table() -> None:
    with pytest.raises(ValueError, match="once each"):
        zero_bins([2, 3], [1, 4], 10, observed_product=[1, 1], observed_event=[0, 0])
    # Two products and two events of like margins: the cells are one row of the histogram.
    with pytest.raises(ValueError, match="once each"):
        zero_bins([2, 2], [4, 4], 10, observed_product=[0, 1, 0], observed_event=[1, 1, 1])
    with pytest.raises(ValueError, match="bins_per_log must be a whole number"):
        zero_bins([2], [4], 10, observed_product=[], observed_event=[], bins_per_log=0)
    with pytest.raises(ValueError, match=r"^observed_event must lie"):
        zero_bins([2, 3], [1, 4], 10, observed_product=[1], observed_event=[2])
    with pytest.raises(ValueError, match=r"^product_margin must not exceed total"):
        zero_bins([20, 3], [1, 4], 10, observed_product=[], observed_event=[])
    with pytest.raises(ValueError, match="same strata"):
        zero_bins([[2, 1]], [1, 4], 10, observed_product=[], observed_event=[])


@pytest.mark.parametrize("likelihood", ["full", "mixture-truncated"])
def test_a_comparator_among_the_products_is_found_as_the_sharp_component_it_is(
    likelihood: gps_fit.Likelihood,
) -> None:
    """Cells of a large comparator have n = E within a hair; smaller ones vary widely."""
    rng = np.random.default_rng(8)
    small = rng.gamma(1.0, 20.0, 2_000)
    large = rng.uniform(1e5, 1e6, 400)
    n = np.concatenate([rng.poisson(small * rng.gamma(0.2, 5.0, 2_000)), rng.poisson(large)])
    found = gps_fit.fit(n, np.concatenate([small, large]), likelihood=likelihood)
    assert found.limit == "point-mass"
    prior = found.prior
    shape, rate = max((prior.alpha1, prior.beta1), (prior.alpha2, prior.beta2))
    assert shape == pytest.approx(1e4)
    assert shape / rate == pytest.approx(1, abs=0.001)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        ([3, 0, 0, 1], [1, 0.5, 0.2, 1]),
        # One cell of five, or of twenty, is no component.
        ([100, 4, 6, 5, 5], [5, 5, 5, 5, 5]),
        ([100] + [2, 5, 9, 4] * 5, [5] * 21),
    ],
)
def test_a_table_of_few_cells_determines_nothing_and_is_refused_by_name(
    n: list[int], expected: list[float]
) -> None:
    none = ZeroBins(np.zeros(0), np.zeros(0))
    with pytest.raises(gps_fit.GpsNotIdentified, match=r"too little information|bound|flat"):
        gps_fit.fit(n, expected, zeros=none)


def test_a_point_mass_at_one_is_granted_from_enough_cells_on() -> None:
    with pytest.raises(gps_fit.GpsNotIdentified, match="too little information"):
        gps_fit.fit([1, 0] * 20, [0.5] * 40)
    assert gps_fit.fit([1, 0, 2] * 200, [1.0] * 600).limit == "null"
