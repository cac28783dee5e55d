"""Every row of tests/data/checks.csv: published or derived numbers, each with its source.

A row is dispatched by the code before the first underscore of its id; a row without a dispatcher
fails. The tolerance is the one the row states at the end of its source: relative for numbers above
one, absolute below. (Absolute it cannot be: A02 and A03 are given to 1e-6 and 1e-8 with fewer
digits than that, and the EB05 of B02 to B05 comes from a bisection stopped at the second decimal.)
"""

import csv
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pv.stats import (
    binomial,
    conditional,
    disproportionality,
    gps,
    information,
    latency_parametric,
    meta,
    multiplicity,
    poisson,
    power,
    sequential,
    sequential_conditional,
    stratified,
    twobytwo,
)

CHECKS = Path(__file__).parents[1] / "data" / "checks.csv"
with CHECKS.open(newline="", encoding="utf-8") as lines:
    ROWS = list(csv.DictReader(lines))

# Sources that print one decimal; elsewhere one decimal (0.6) is the exact value.
PRINTED_TO_ONE_DECIMAL = {"D03_smr_midp"}


def triple(result: Any) -> list[Any]:
    return [result.estimate, result.lower, result.upper]


def log_triple(result: Any) -> list[Any]:
    return [np.log(value) for value in triple(result)]


def cells_of(tables: list[list[int]]) -> np.ndarray:
    return np.array(tables).T


def log_odds_ratios(tables: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    ratios = disproportionality.ror(*cells_of(tables))
    return np.log(ratios.estimate), ratios.log_variance


def log_risk_ratios(tables: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    ratios = disproportionality.prr(*cells_of(tables))
    return np.log(ratios.estimate), ratios.log_variance


def information_component(**inputs: Any) -> dict[str, Any]:
    if "a" in inputs:
        mean = twobytwo.expected(**inputs)
        return {"E": mean, **information_component(n=inputs["a"], E=mean)}
    result = information.ic(inputs["n"], inputs["E"])
    return {"ic": result.estimate, "ic025": result.lower, "ic975": result.upper}


def closed_form_limits(n: int, E: float) -> dict[str, Any]:  # noqa: N803
    approximate, exact = information.ic_approx(n, E), information.ic(n, E)
    return {
        "ic025_approx": approximate.lower,
        "ic025_exact": exact.lower,
        "ic975_approx": approximate.upper,
        "ic975_exact": exact.upper,
    }


def bcpnn(**cells: int) -> dict[str, Any]:
    component = information.bcpnn1998(**cells)
    return {"E": component.estimate, "V": component.variance}


def counted_reports(
    reports: list[list[str]], strata: list[str] | None = None
) -> dict[str, dict[str, Any]]:
    """Count one-drug, one-event reports by stratum, and compute every pair from the margins."""
    drugs, events = sorted({drug for drug, _ in reports}), sorted({event for _, event in reports})
    labels = strata or ["all"] * len(reports)
    names = sorted(set(labels))
    n = np.zeros((len(drugs), len(events), len(names)))
    for (drug, event), label in zip(reports, labels, strict=True):
        n[drugs.index(drug), events.index(event), names.index(label)] += 1
    drug_at, event_at = (at.ravel() for at in np.indices(n.shape[:2]))
    expected = stratified.expected_from_margins(
        n.sum(1), n.sum(0), n.sum((0, 1)), product_index=drug_at, event_index=event_at
    )
    both = n.sum(2).ravel()
    collapsed = twobytwo.from_margins(
        both, n.sum((1, 2))[drug_at], n.sum((0, 2))[event_at], len(reports)
    )
    prr = disproportionality.prr(*collapsed).estimate
    return {
        drugs[drug] + events[event]: {
            "N": both[i],
            "E": expected[i],
            "RR": both[i] / expected[i],
            "PRR": prr[i],
        }
        for i, (drug, event) in enumerate(zip(drug_at, event_at, strict=True))
    }


def omega(**cells: int) -> dict[str, Any]:
    result = disproportionality.omega(**cells)
    return {"E111": result.expected, "omega": result.estimate, "omega025": result.lower}


def simpson_crude(A: list[int], B: list[int]) -> dict[str, Any]:  # noqa: N803
    crude = [sum(cell) for cell in zip(A, B, strict=True)]
    return {
        "prr_A": disproportionality.prr(*A).estimate,
        "prr_B": disproportionality.prr(*B).estimate,
        "crude_prr": disproportionality.prr(*crude).estimate,
        "crude_chi2y": disproportionality.chi2(*crude, yates=True),
        "crude_ic025": information.ic(crude[0], twobytwo.expected(*crude)).lower,
    }


def simpson_stratified(A: list[int], B: list[int]) -> dict[str, Any]:  # noqa: N803
    cells = cells_of([A, B])
    mean = twobytwo.expected(*cells).sum()
    component = information.ic(cells[0].sum(), mean)
    return {
        "E": mean,
        "ic": component.estimate,
        "ic025": component.lower,
        "mh_or": stratified.mh_or(*cells).estimate,
        "mh_rr": stratified.mh_rr(*cells).estimate,
    }


def fixed_effect(tables: list[list[int]]) -> dict[str, Any]:
    result = meta.inverse_variance(*log_odds_ratios(tables))
    return {
        "mu": result.estimate,
        "lo": result.lower,
        "hi": result.upper,
        "Q": result.q,
        "I2": result.i2,
    }


def dersimonian_laird(effects: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    result = meta.random_effects(*effects, method="dersimonian_laird", hartung_knapp=False)
    return {
        "mu": result.estimate,
        "lo": result.lower,
        "hi": result.upper,
        "tau2": result.tau2,
        "I2": result.i2,
    }


def exact_rate_ratio(**inputs: list[float]) -> dict[str, Any]:
    result = conditional.common_rate_ratio(**inputs)
    return {
        "cmle": result.estimate,
        "p_upper": result.p_upper,
        "ci": [result.lower, result.upper],
    }


def huang_ratio(n: int, n_drug: int, n_event: int, N: int) -> Any:  # noqa: N803
    return disproportionality.lrt(n, n_drug, n_event, N)


def empirical_bayes(theta: list[float], N: int, E: float, pair: str) -> dict[str, Any]:  # noqa: N803
    prior = gps.GpsPrior(*theta)
    return {
        "EBGM": gps.ebgm(N, E, prior),
        "EB05": gps.quantile(N, E, prior, p=0.05),
        "EB95": gps.quantile(N, E, prior, p=0.95),
    }


def standardised_ratio(obs: int, exp: float) -> list[Any]:
    result = poisson.observed_expected(obs, exp, midp=True)
    return [*triple(result), result.p_value]


def rate_ratio(**inputs: float) -> dict[str, Any]:
    result = binomial.rate_ratio(**inputs)
    return {
        "rr": result.estimate,
        "p_two": result.p_value,
        "ci": [result.lower, result.upper],
    }


def zero_events(x: int, T: float) -> list[Any]:  # noqa: N803
    assert x == 0
    return [poisson.zero_event_upper(T), poisson.zero_event_upper(T, two_sided=True)]


def maxsprt(T: float, M: int, alpha: float, D: float = 0.0) -> float:  # noqa: N803
    return sequential.critical_value_poisson(T, minimum=M, delay=D, alpha=alpha)


def maxsprt_performance(T: float, cv: float, RR: float) -> list[float]:  # noqa: N803
    result = sequential.performance_poisson(T, critical_value=cv, relative_risk=RR)
    return [result.power, result.mean_time_to_signal, result.mean_sample_size]


def uncertain_background(x: int, T1: float, y: int, T0: float) -> Any:  # noqa: N803
    return poisson.observed_expected_uncertain(x, T1, y, T0)


def conditional_maxsprt(c: int, K: int, M: int, alpha: float) -> float:  # noqa: N803
    return sequential_conditional.critical_value_conditional(
        c, max_events=K, minimum=M, alpha=alpha
    )


def naive_looks(T: float, nmin: int) -> list[float]:  # noqa: N803
    return [sequential.naive_error(T, n_min=nmin, rule=rule) for rule in ("poisson_p", "ic025")]


def truncated_exponential(x: list[float], trunc: list[float]) -> dict[str, Any]:
    fit = latency_parametric.fit_exponential(x, trunc)
    return {"exists": fit.state == "estimated", "scale": fit.scale}


def patients_for_three(risk: float) -> list[int]:
    # The printed numbers are Poisson means over the risk, to the nearest patient. The exact
    # binomial answer for 80% is one patient fewer: P(Bin(4278, .001) >= 3) = .80001.
    needed = (
        power.person_time_needed(risk, relative_risk=1, power=probability)
        for probability in (0.8, 0.9, 0.95)
    )
    return [round(float(patients)) for patients in needed]


def split_patients(K: int, N: int, risk: float, nmin: int) -> list[Any]:  # noqa: N803
    result = power.pooled_only_probability(countries=K, patients=N, risk=risk, n_min=nmin)
    return [result.any_country, result.pooled, result.pooled_only]


DISPATCH: dict[str, Callable[..., Any]] = {
    "A01": lambda **cells: disproportionality.prr(**cells).estimate,
    "A02": disproportionality.rrr,
    "A03": disproportionality.chi2,
    "A04": lambda **cells: disproportionality.chi2(**cells, yates=True),
    "A05": lambda **cells: triple(disproportionality.prr(**cells))[1:],
    "A06": lambda **cells: triple(disproportionality.ror(**cells)),
    "A07": information_component,
    "A08": bcpnn,
    "A09": disproportionality.fisher,
    "A10": information_component,
    "A11": information_component,
    "A12": closed_form_limits,
    "A13": counted_reports,
    "A14": counted_reports,
    "A15": omega,
    "A16": simpson_crude,
    "A17": simpson_stratified,
    "A18": huang_ratio,
    "B02": empirical_bayes,
    "B03": empirical_bayes,
    "B04": empirical_bayes,
    "B05": empirical_bayes,
    "C01": lambda tables: log_triple(stratified.mh_or(*cells_of(tables))),
    "C02": lambda tables: log_triple(stratified.mh_rr(*cells_of(tables))),
    "C03": lambda tables: log_triple(meta.peto(*cells_of(tables))),
    "C04": fixed_effect,
    "C05": lambda tables: dersimonian_laird(log_odds_ratios(tables)),
    "C06": lambda tables: dersimonian_laird(log_risk_ratios(tables)),
    "C09": lambda tables, level: triple(stratified.mh_or(*cells_of(tables), level=level)),
    "C11": lambda **inputs: log_triple(stratified.mh_irr(**inputs, level=0.9)),
    "C12": exact_rate_ratio,
    "D01": lambda x: triple(poisson.garwood(x))[1:],
    "D02": lambda x: triple(poisson.midp(x))[1:],
    "D03": standardised_ratio,
    "D04": rate_ratio,
    "D07": zero_events,
    "D08": uncertain_background,
    # The excess is the smaller tail here, so the central p-value is twice the binomial tail.
    "D08b": lambda x, T1, y, T0: binomial.rate_ratio(x, T1, y, T0).p_value / 2,  # noqa: N803
    "D09": lambda x, n: triple(binomial.clopper_pearson(x, n)),
    "E01": maxsprt,
    "E02": maxsprt,
    "E03": maxsprt_performance,
    "E06": conditional_maxsprt,
    "E07": naive_looks,
    "F02": truncated_exponential,
    "G01": patients_for_three,
    "G02": lambda risk: power.patients_needed(risk, n_min=1, power=0.95),
    "G03": split_patients,
    "G06": lambda p: int((multiplicity.benjamini_hochberg(p) <= 0.05).sum()),
}


def differences(computed: Any, printed: Any, tolerance: float, path: str, one: bool) -> list[str]:
    """Where the computed numbers leave the printed ones, by name."""
    if isinstance(printed, dict):
        parts = [(f"{path}.{key}", computed[key], value) for key, value in printed.items()]
    elif isinstance(printed, list):
        assert len(computed) == len(printed), f"{path}: {len(computed)} of {len(printed)} numbers"
        parts = [(f"{path}[{i}]", computed[i], value) for i, value in enumerate(printed)]
    elif isinstance(printed, bool):
        return [] if computed is printed else [f"{path}: {computed} is not {printed}"]
    else:
        # A print rounded to k decimals fixes the number to half a unit of the k-th only.
        decimals = -int(Decimal(printed).as_tuple().exponent)
        rounded = 0.5 * 10.0**-decimals if decimals >= (1 if one else 2) else 0.0
        allowed = max(tolerance * max(1.0, abs(float(printed))), rounded)
        distance = abs(float(computed) - float(printed))
        return [] if distance <= allowed else [f"{path}: {computed} != {printed}"]
    return [text for name, c, p in parts for text in differences(c, p, tolerance, name, one)]


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_published_number_is_reproduced_to_the_tolerance_it_states(row: dict[str, str]) -> None:
    stated = re.search(r"\[tol ([0-9.e+-]+)\]\s*$", row["source"])
    assert stated, f"{row['id']} states no tolerance"
    code = row["id"].split("_")[0]
    assert code in DISPATCH, f"{row['id']} ({row['method']}) has no dispatcher"

    computed = DISPATCH[code](**json.loads(row["inputs"]))
    printed = json.loads(row["expected"], parse_float=Decimal)
    one = row["id"] in PRINTED_TO_ONE_DECIMAL
    assert differences(computed, printed, float(stated.group(1)), row["id"], one) == []


def test_every_dispatcher_serves_a_row() -> None:
    assert {row["id"].split("_")[0] for row in ROWS} >= set(DISPATCH)
