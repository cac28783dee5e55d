"""Fits of the gamma-Poisson prior to real tables, and which of them are refused.

The tables lie beside the checkout. Without them these tests are skipped, but never in CI.
"""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from pv.stats import gps_fit

TABLES = Path(__file__).resolve().parents[3] / "shared" / "real" / "counts" / "mddc"


def table(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Counts and expectations of a table of events by products, its comparator among them."""
    if not TABLES.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{TABLES} is not there: in CI the real tables must be fitted")
        pytest.skip(f"{TABLES} is not there")
    with (TABLES / f"{name}.csv").open(newline="") as lines:
        rows = list(csv.reader(lines))[1:]
    n = np.array([[float(cell) for cell in row[1:]] for row in rows])
    return n.ravel(), (n.sum(1, keepdims=True) * n.sum(0) / n.sum()).ravel()


@pytest.mark.parametrize(
    ("name", "likelihood", "before"),
    [
        # -logL of the optimum that starts without a sharp component find; a refusal in the second.
        ("betablocker500", "full", 22_772.1),
        ("betablocker500", "component-truncated", 20_384.1),
        ("betablocker500", "mixture-truncated", 20_418.4),
        ("sedative1000", "mixture-truncated", 41_007.5),
        ("statin101", "component-truncated", 3_854.6),
    ],
)
def test_a_table_with_its_comparator_has_a_point_mass_at_one_far_above_local_optima(
    name: str, likelihood: gps_fit.Likelihood, before: float
) -> None:
    found = gps_fit.fit(*table(name), likelihood=likelihood)
    assert found.limit == "point-mass"
    assert found.neg_log_likelihood < before - 100
    means = (
        found.prior.alpha1 / found.prior.beta1,
        found.prior.alpha2 / found.prior.beta2,
    )
    assert min(abs(mean - 1) for mean in means) < 0.01


def test_an_ordinary_real_table_is_fitted_and_certified() -> None:
    found = gps_fit.fit(*table("statin49"))
    assert found.limit == "none"
    assert found.certificate.starts_agreeing >= 10
    assert found.certificate.gradient_norm < 0.01
    assert found.certificate.curvature > 1
