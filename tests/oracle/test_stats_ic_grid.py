"""Exact limits of the information component against tests/data/ic_exact_grid.csv."""

from pathlib import Path

import numpy as np

from pv.stats import information

GRID = Path(__file__).parents[1] / "data" / "ic_exact_grid.csv"


def test_exact_limits_on_the_whole_grid() -> None:
    n, expected, ic, ic025, ic975 = np.loadtxt(GRID, delimiter=",", skiprows=3, unpack=True)
    assert n.size == 88
    result = information.ic(n, expected)
    np.testing.assert_allclose(result.estimate, ic, atol=1e-12)
    np.testing.assert_allclose(result.lower, ic025, atol=1e-11)
    np.testing.assert_allclose(result.upper, ic975, atol=1e-11)
