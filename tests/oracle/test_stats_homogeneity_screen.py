"""The screen of homogeneity against full enumeration, plain simulation and its own null."""

import numpy as np
import pytest

from pv.stats import homogeneity


def tables(pairs: int, strata: int, largest: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs under the null: counts from very unequal shares, about the same for no two pairs."""
    rng = np.random.default_rng(seed)
    expected = rng.lognormal(0, 1.8, (pairs, strata))
    n = np.exp(rng.uniform(np.log(3), np.log(largest), pairs)).astype(int)
    return rng.multinomial(n, expected / expected.sum(1, keepdims=True)), expected


def test_enumerated_pairs_have_the_exact_p_value() -> None:
    counts, expected = tables(200, 4, 20, seed=1)
    screened = homogeneity.screen(counts, expected)
    assert set(screened.method) == {"enumerated"}
    assert (screened.standard_error == 0).all()
    exact = homogeneity.exact(counts, expected)
    assert exact.enumerated.all()
    np.testing.assert_allclose(screened.p_value, exact.p_value, rtol=1e-9)


def test_simulated_pairs_agree_with_the_enumeration_within_their_own_error() -> None:
    counts, expected = tables(300, 4, 60, seed=2)
    screened = homogeneity.screen(counts, expected, enumerate_up_to=0, alpha=0.05)
    simulated = screened.method == "simulated"
    assert simulated.sum() > 250
    exact = homogeneity.exact(counts, expected).p_value
    off = (screened.p_value - exact)[simulated] / screened.standard_error[simulated]
    # Standard normal but for stopping early; 250 of them stay within 4.5 and centre near 0.
    assert np.abs(off).max() < 4.5
    assert abs(off.mean()) < 0.3
    # No pair ends on the wrong side of alpha unless it is within the error of full simulation.
    wrong = (screened.p_value < 0.05) != (exact < 0.05)
    assert np.abs(exact[wrong] - 0.05).max(initial=0) < 0.009


@pytest.mark.parametrize("n", [40, 400, 3_000])
def test_sixty_strata_agree_with_plain_simulation(n: int) -> None:
    rng = np.random.default_rng(n)
    share = rng.dirichlet(np.full(60, 0.5))
    counts = rng.multinomial(n, share, size=4)
    counts[1] = rng.multinomial(n, 0.9 * share + 0.1 / 60)
    screened = homogeneity.screen(counts, np.tile(share * n / 2, (4, 1)), alpha=0.05)
    assert set(screened.method) == {"simulated"}
    plain = homogeneity.exact(counts, share, draws=20_000, seed=7)
    error = np.hypot(screened.standard_error, plain.standard_error)
    np.testing.assert_array_less(np.abs(screened.p_value - plain.p_value), 4.5 * error + 1e-3)


def test_the_error_rate_is_kept_under_the_null() -> None:
    counts, expected = tables(4_000, 30, 60, seed=4)
    p = homogeneity.screen(counts, expected).p_value
    for level in (0.01, 0.05, 0.1, 0.2, 0.5):
        # Four standard errors of 4,000 pairs above the level.
        assert (p <= level).mean() < level + 4 * np.sqrt(level * (1 - level) / 4_000)
    assert (p <= 0.05).mean() > 0.035  # and it is not the emptiness of a test that never rejects


def test_cochran_q_answers_where_cases_are_many_and_every_count_is_large() -> None:
    counts, expected = np.array([[20, 33, 21, 41] * 5]), np.array([[5.0, 9.0, 5.0, 8.0] * 5])
    screened = homogeneity.screen(counts, expected)
    assert screened.method == "chi-squared"
    assert screened.p_value == pytest.approx(homogeneity.cochran_q(counts, expected).p_value)
    plain = homogeneity.exact(counts, expected)
    assert screened.p_value == pytest.approx(plain.p_value, abs=0.015)
    # METHODS: exact where any E_k is below 5, though every fitted count is 18 or more.
    expected[0, 2] = 4.9
    assert homogeneity.screen(counts, expected).method == "simulated"


@pytest.mark.parametrize("scale", [1.0, 3.0], ids=["as many as expected", "three times as many"])
def test_tables_at_the_limit_of_cochran_fall_on_the_side_of_the_enumeration(scale: float) -> None:
    """Cochran's Q puts 3 to 4% of such tables on the other side of .05."""
    rng = np.random.default_rng(8)
    expected = np.tile([5.0, 5, 5, 6, 7][: 5 if scale == 1 else 4], (300, 1)) / scale
    total = int(expected[0].sum() * scale)
    counts = rng.multinomial(total, rng.dirichlet(np.full(expected.shape[1], 12.0), 300))
    screened = homogeneity.screen(counts, expected, enumerate_up_to=1_000)
    exact = homogeneity.exact(counts, expected)
    assert exact.enumerated.all()
    wrong = (screened.p_value < 0.05) != (exact.p_value < 0.05)
    # Only where the simulation itself cannot tell: three of its standard errors.
    assert np.abs(exact.p_value[wrong] - 0.05).max(initial=0) < 0.009
