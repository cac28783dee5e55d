"""The shared input checks name the argument and the value at fault."""

import numpy as np
import pytest

from pv.stats import _validate as check


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_finite_refuses_what_is_not_a_number_by_name(bad: float) -> None:
    with pytest.raises(ValueError, match="exposure must be finite"):
        check.finite("exposure", [1.0, bad])


def test_counts_refuse_a_negative_value_and_print_it() -> None:
    with pytest.raises(ValueError, match=r"a must not be negative, but holds -3\.0"):
        check.counts("a", [1, -3, -4])


def test_counts_may_be_weighted_but_whole_counts_may_not() -> None:
    assert check.counts("a", 1.5) == 1.5
    with pytest.raises(ValueError, match=r"a must hold whole numbers, but holds 1\.5"):
        check.whole_counts("a", [2, 1.5])


def test_positive_refuses_zero() -> None:
    with pytest.raises(ValueError, match=r"t must be above zero, but holds 0\.0"):
        check.positive("t", [2, 0])


@pytest.mark.parametrize("bad", [-0.1, 1.1])
def test_probabilities_lie_between_0_and_1(bad: float) -> None:
    assert check.probabilities("p", [0, 1]).tolist() == [0, 1]
    with pytest.raises(ValueError, match="p must lie between 0 and 1"):
        check.probabilities("p", [0.5, bad])


@pytest.mark.parametrize("bad", [0, 1, -0.5, 95, np.nan])
def test_a_level_lies_strictly_between_0_and_1(bad: float) -> None:
    with pytest.raises(ValueError, match="level must lie strictly between 0 and 1"):
        check.level(bad)


def test_indices_must_be_integers_within_the_axis() -> None:
    assert check.indices("at", [0, 2], 3).tolist() == [0, 2]
    with pytest.raises(ValueError, match=r"at must lie in 0\.\.2, but holds 3"):
        check.indices("at", [0, 3], 3)
    with pytest.raises(ValueError, match="at must hold integer positions"):
        check.indices("at", [0.0, 1.0], 3)


def test_a_part_may_not_exceed_its_whole_and_both_are_printed() -> None:
    with pytest.raises(ValueError, match=r"a must not exceed the row, but 5\.0 > 4\.0"):
        check.not_above("a", np.array([1.0, 5.0]), "the row", np.array(4.0))


def test_shapes_that_do_not_broadcast_are_named() -> None:
    with pytest.raises(ValueError, match=r"a \(2,\), b \(3,\)"):
        check.common_shape(a=np.zeros(2), b=np.zeros(3))


def test_an_empty_array_passes_every_check() -> None:
    for passes in (check.finite, check.counts, check.whole_counts, check.positive):
        assert passes("a", []).shape == (0,)
