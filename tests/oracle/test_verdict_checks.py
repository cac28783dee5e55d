"""Every row of tests/data/checks_verdict.csv: what a verdict rests on, computed elsewhere.

A row is dispatched by the code before the first underscore of its id; a row without a dispatcher
fails. Its source states the relative tolerance; counts and yes or no must be equal.
"""

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pv.stats import discrete_fdr, e_values, information, sequential, sharp_null, stratified
from pv.stats.null_tails import SHARP

CHECKS = Path(__file__).parents[1] / "data" / "checks_verdict.csv"
with CHECKS.open(newline="", encoding="utf-8") as lines:
    ROWS = list(csv.DictReader(lines))


def exact_tail(strata_N_nproduct_nevent: list[list[int]], n: int) -> float:  # noqa: N803
    total, product, event = np.transpose(strata_N_nproduct_nevent)
    found = sharp_null.stratified_tail(
        n, np.zeros(total.size, int), row_product=product, row_event=event, row_total=total
    )
    return float(found.p_value[0])


def bound(E: float, n: int) -> dict[str, Any]:  # noqa: N803
    exact = exact_tail([[20, 5, 4], [30, 6, 3]], n)  # of W01, whose E this is
    poisson = SHARP.tail(n, E)
    return {"poisson": poisson, "exact": exact, "holds": bool(exact <= poisson)}


def critical_count(E: list[float], t: float, n_min: int) -> dict[str, Any]:  # noqa: N803
    found = SHARP.critical_count(E, t, n_min=n_min)
    return {"c": found.count, "F": found.level}


def discrete_q(
    family_E_count: list[list[float]],  # noqa: N803
    candidates_n_E: list[list[float]],  # noqa: N803
) -> dict[str, Any]:
    p = SHARP.tail(*np.transpose(candidates_n_E))
    family = discrete_fdr.Family.of(*np.transpose(family_E_count))
    return {"p": p, "q": discrete_fdr.discrete_q(p, family, n_min=3)}


def time_stratified(periods_N_nproduct_nevent: list[list[int]]) -> dict[str, Any]:  # noqa: N803
    total, product, event = np.transpose(periods_N_nproduct_nevent)
    by_period = stratified.expected_from_margins(
        [product], [event], total, product_index=[0], event_index=[0]
    )[0]
    collapsed = product.sum() * event.sum() / total.sum()
    return {
        "E_stratified": by_period,
        "E_collapsed": collapsed,
        "ic_if_n_is_8_stratified": information.ic(8, by_period).estimate,
        "ic_if_n_is_8_collapsed": information.ic(8, collapsed).estimate,
    }


def e_value(n: list[int], E: list[float]) -> Any:  # noqa: N803
    return e_values.e_value(n, E)


def residual(
    headline_n_E: list[float],  # noqa: N803
    groups_n_E: list[list[float]],  # noqa: N803
) -> dict[str, Any]:
    rest = np.array(groups_n_E) - headline_n_E
    few = rest[:, 0] < 3
    p = np.where(few, 1.0, SHARP.tail(*rest.T))
    return {"rest": rest, "p": p, "fold": few | (p > 0.01)}


def maxsprt(T: float, M: int, alpha: float) -> dict[str, Any]:  # noqa: N803
    value = sequential.critical_value_poisson(T, minimum=M, alpha=alpha)
    at_1, at_2 = sequential.boundary_poisson([1, 2], critical_value=value)
    return {"cv": value, "E_at_1": at_1, "E_at_2": at_2}


DISPATCH: dict[str, Callable[..., Any]] = {
    "W01": exact_tail,
    "W03": bound,
    "W04": critical_count,
    "W06": discrete_q,
    "W08": time_stratified,
    "W10": e_value,
    "W14": residual,
    "W16": maxsprt,
}


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_check_of_the_verdict_is_reproduced(row: dict[str, str]) -> None:
    stated = re.search(r"\[tol ([0-9.e+-]+)[^\]]*\]\s*$", row["source"])
    assert stated, f"{row['id']} states no tolerance"
    computed = DISPATCH[row["id"].split("_")[0]](**json.loads(row["inputs"]))
    expected = json.loads(row["expected"])
    if not isinstance(expected, dict):
        computed, expected = {"": computed}, {"": expected}
    assert computed.keys() == expected.keys()
    for name, value in expected.items():
        np.testing.assert_allclose(
            computed[name], value, rtol=float(stated[1]), atol=0, err_msg=name
        )
