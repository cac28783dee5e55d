"""Homogeneity of strata: small multinomials written out, and the two ways to the p-value."""

import numpy as np
import pytest

from pv.stats import homogeneity


def test_exact_p_value_by_hand() -> None:
    # n = 3 over shares 1/4 and 3/4: P(3) = 1/64, P(2) = 9/64, P(1) = 27/64, P(0) = 27/64.
    assert homogeneity.exact([3, 0], [1.0, 3.0]).p_value == pytest.approx(1 / 64)
    assert homogeneity.exact([2, 1], [1.0, 3.0]).p_value == pytest.approx((1 + 9) / 64)
    assert homogeneity.exact([1, 2], [1.0, 3.0]).p_value == pytest.approx(1)


def test_enumerated_results_say_so_and_carry_no_error() -> None:
    result = homogeneity.exact([2, 1], [1.0, 3.0])
    assert result.enumerated
    assert result.standard_error == 0


def test_simulation_says_so_and_agrees_with_the_enumeration() -> None:
    counts, means = [4, 1, 0, 2], [1.0, 2.0, 3.0, 1.5]
    exact = homogeneity.exact(counts, means)
    simulated = homogeneity.exact(counts, means, enumerate_up_to=0)
    assert not simulated.enumerated
    assert 0 < simulated.standard_error < 0.004
    assert abs(simulated.p_value - exact.p_value) < 4 * simulated.standard_error


def test_simulation_gives_the_same_bytes_whatever_its_neighbours_and_order() -> None:
    counts, means = np.array([[4, 1, 0, 2], [1, 1, 1, 9]]), np.array([1.0, 2.0, 3.0, 1.5])
    together = homogeneity.exact(counts, means, enumerate_up_to=0).p_value
    alone = homogeneity.exact(counts[1], means, enumerate_up_to=0).p_value
    turned = homogeneity.exact(counts[1, ::-1], means[::-1], enumerate_up_to=0).p_value
    assert together[1] == alone == turned


def test_simulated_p_is_never_zero() -> None:
    result = homogeneity.exact([50, 0, 0], [1.0, 1.0, 1.0], enumerate_up_to=0, draws=999)
    assert result.p_value == 1 / 1000


def test_nothing_to_compare_is_homogeneous() -> None:
    assert homogeneity.exact([0, 0], [1.0, 2.0]).p_value == 1
    assert homogeneity.exact([5], [1.0]).p_value == 1
    assert homogeneity.exact([5, 0], [1.0, 0.0]).p_value == 1


def test_cochran_q_by_hand() -> None:
    # r = 30/20: fitted 15 and 15; Q = 25/15 + 25/15 = 10/3; I2 = (10/3 - 1)/(10/3) = 70%.
    result = homogeneity.cochran_q([20, 10], [10.0, 10.0])
    assert result.q == pytest.approx(10 / 3)
    assert result.degrees == 1
    assert result.i2 == pytest.approx(70)
    assert result.p_value == pytest.approx(0.0678892, abs=1e-6)


def test_cochran_q_leaves_empty_strata_out_and_is_undefined_without_two() -> None:
    assert homogeneity.cochran_q([20, 0, 10], [10.0, 0.0, 10.0]).degrees == 1
    for counts, means in (([3, 0], [1.0, 0.0]), ([0, 0], [1.0, 2.0])):
        result = homogeneity.cochran_q(counts, means)
        assert np.isnan([result.q, result.p_value, result.i2]).all()


@pytest.mark.parametrize("function", [homogeneity.exact, homogeneity.cochran_q])
def test_cases_where_none_are_expected_are_refused(function: object) -> None:
    with pytest.raises(ValueError, match="expected_k must be above zero in every stratum"):
        function([1, 2], [0.0, 1.0])  # type: ignore[operator]
    with pytest.raises(ValueError, match="n_k must have the strata on its last axis"):
        function(1, 1.0)  # type: ignore[operator]


def _mixed(pairs: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of every method: few and many strata, few and many cases."""
    rng = np.random.default_rng(5)
    expected = rng.lognormal(0, 1.5, (pairs, 40))
    expected[: pairs // 3, 5:] = 0
    expected[-6:] += 10
    share = expected / expected.sum(1, keepdims=True)
    return rng.multinomial(np.arange(pairs) * 12, share), expected


def test_the_screen_gives_each_pair_the_same_bytes_whatever_stands_beside_it() -> None:
    counts, expected = _mixed()
    together = homogeneity.screen(counts, expected)
    assert {"enumerated", "simulated", "trivial", "chi-squared"} == set(together.method)
    rng = np.random.default_rng(6)
    turned = rng.permutation(len(counts))
    again = homogeneity.screen(counts[turned], expected[turned])
    assert (again.p_value == together.p_value[turned]).all()
    for pair in (3, 25, 40, 59):
        alone = homogeneity.screen(counts[[pair]], expected[[pair]])
        assert alone.p_value == together.p_value[pair]
        assert alone.draws == together.draws[pair]


def test_the_screen_knows_no_labels_and_no_empty_strata() -> None:
    counts, expected = _mixed()
    together = homogeneity.screen(counts, expected)
    order = np.random.default_rng(7).permutation(40)
    relabelled = homogeneity.screen(counts[:, order], expected[:, order])
    room = ((0, 0), (0, 30))
    padded = homogeneity.screen(np.pad(counts, room), np.pad(expected, room))
    tied = together.method != "chi-squared"
    for other in (relabelled, padded):
        assert (other.p_value == together.p_value)[tied].all()
        assert other.p_value == pytest.approx(together.p_value, rel=1e-12)


def test_the_screen_spends_its_draws_on_the_doubtful() -> None:
    expected = np.tile(np.geomspace(10, 0.1, 30), (3, 1))
    alike = np.round(expected[0] * 2)
    shifted, doubtful = alike.copy(), alike.copy()
    shifted[-3:] += 5
    doubtful[-3:] += 3
    found = homogeneity.screen([alike, shifted, doubtful], expected)
    assert found.p_value[0] > 0.5
    assert found.p_value[1] < 0.01
    assert found.draws[0] < found.draws[1] < 1_000
    assert 0.02 < found.p_value[2] < 0.09
    assert found.draws[2] > 6_000
    assert found.standard_error[2] < 0.003


def test_where_nothing_can_differ_the_screen_says_one() -> None:
    found = homogeneity.screen([[0, 0], [5, 0]], [[1.0, 2.0], [1.0, 0.0]])
    assert list(found.p_value) == [1, 1]
    assert set(found.method) == {"trivial"}
    assert homogeneity.screen(np.zeros((0, 3)), np.zeros((0, 3))).p_value.shape == (0,)


def test_the_screen_refuses_what_it_cannot_answer() -> None:
    with pytest.raises(ValueError, match="expected must be above zero in every stratum"):
        homogeneity.screen([[1, 2]], [[0.0, 1.0]])
    with pytest.raises(ValueError, match="a must have the axes pairs and strata"):
        homogeneity.screen([1, 2], [1.0, 1.0])
    with pytest.raises(ValueError, match="a must hold whole numbers"):
        homogeneity.screen([[1.5, 2]], [[1.0, 1.0]])
    with pytest.raises(ValueError, match="draws must be at least 1/alpha"):
        homogeneity.screen([[1, 2]], [[1.0, 1.0]], draws=10)
    with pytest.raises(ValueError, match="alpha must lie strictly between 0 and 1"):
        homogeneity.screen([[1, 2]], [[1.0, 1.0]], alpha=0)
