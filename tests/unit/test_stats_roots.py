import numpy as np
import pytest

from pv.stats._roots import increasing_root, scalar_root, smallest_within


def cube(x: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return x**3 - target, 3 * x**2


def test_each_element_finds_its_own_root() -> None:
    target = np.array([[1.0, 8.0], [0.0, 27.0]])
    low, high = np.full((2, 2), -1.0), np.full((2, 2), 5.0)
    roots = increasing_root(cube, low, high, np.zeros((2, 2)), target)
    assert roots == pytest.approx(np.array([[1, 2], [0, 3]]), abs=1e-12)


def test_a_root_outside_the_bracket_gives_the_nearer_end() -> None:
    low, high = np.zeros(2), np.ones(2)
    roots = increasing_root(cube, low, high, np.full(2, 0.5), np.array([-1.0, 8.0]))
    assert roots == pytest.approx([0, 1], abs=1e-12)


def test_an_infinite_value_or_a_useless_slope_falls_back_to_bisection() -> None:
    def step(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.where(x < 0.3, -np.inf, np.inf), np.zeros_like(x)

    root = increasing_root(step, np.zeros(1), np.ones(1), np.full(1, 0.5))
    assert root == pytest.approx(0.3, abs=1e-12)


def test_a_value_that_is_not_a_number_is_an_error_not_a_root() -> None:
    def wild(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.full_like(x, np.nan), np.full_like(x, np.nan)

    with pytest.raises(ArithmeticError, match="not a number"):
        increasing_root(wild, np.zeros(1), np.ones(1), np.full(1, 0.2))


def test_scalar_root() -> None:
    assert scalar_root(lambda x: x * x - 2, 0, 2) == pytest.approx(2**0.5)


def test_smallest_argument_within_an_error_is_on_the_safe_side_of_a_jump() -> None:
    assert smallest_within(lambda x: 1 / x, 1, 100, 0.05) == pytest.approx(20)
    value = smallest_within(lambda x: 0.2 if x < 3 else 0.01, 1, 10, 0.05)
    assert value == pytest.approx(3)
    assert value >= 3
    assert smallest_within(lambda _: 0.01, 1, 10, 0.05) == 1
