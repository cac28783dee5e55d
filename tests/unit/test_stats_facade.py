"""What `from pv import stats` offers: each name once, typed, explained, the same everywhere."""

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pv import stats
from pv.stats.gps_zeros import ZeroBins

MODULES = sorted(m.name for m in pkgutil.iter_modules(stats.__path__) if m.name[0] != "_")
NAMES = [name for name in dir(stats) if name not in MODULES]
FUNCTIONS = [name for name in NAMES if inspect.isfunction(getattr(stats, name))]
CLASSES = [name for name in NAMES if inspect.isclass(getattr(stats, name))]

# Positional arguments that may be left out: data, whose order cannot be mistaken.
DATA_WITH_DEFAULT = {
    ("garwood", "exposure"),
    ("midp_rate", "exposure"),
    ("from_reports", "stratum"),
}
# What is chosen for a design, an estimate or a search: by keyword in every function.
BY_KEYWORD = {
    "alpha", "critical_value", "delay", "draws", "horizon", "level", "likelihood", "matching_ratio",
    "max_events", "method", "midp", "minimum", "n_min", "null", "power", "prior_rate",
    "prior_shape", "ratios", "relative_risk", "retention", "rho", "rule", "screen", "seed",
    "tolerance", "two_sided", "until", "window", "yates", "zeros",
}  # fmt: skip
# The design itself comes first in these: it is what the function is about.
FIRST_ARGUMENT = {
    ("critical_value_poisson", "horizon"), ("error_poisson", "horizon"), ("naive_error", "horizon"),
    ("performance_poisson", "horizon"), ("minimal_detectable_rr_sequential", "horizon"),
    ("boundary_binomial", "max_events"), ("critical_value_binomial", "max_events"),
    ("performance_binomial", "max_events"), ("patient_years", "retention"),
}  # fmt: skip

PRIOR = stats.GpsPrior(0.2, 0.1, 2.0, 4.0, 1 / 3)
# Scalars in: one call of each function that takes them.
SCALARS: dict[str, Callable[[], Any]] = {
    "bcpnn1998": lambda: stats.bcpnn1998(4, 16, 10, 190),
    "benjamini_hochberg": lambda: stats.benjamini_hochberg(0.02),
    "boundary_conditional": lambda: stats.boundary_conditional(3, historical=9, critical_value=3.0),
    "boundary_poisson": lambda: stats.boundary_poisson(3, critical_value=3.0),
    "cells": lambda: stats.cells(4, 16, 10, 190),
    "chi2": lambda: stats.chi2(4, 16, 10, 190, yates=True),
    "clopper_pearson": lambda: stats.clopper_pearson(3, 10),
    "cochran_q": lambda: stats.cochran_q([3, 1], [1, 2]),
    "common_odds_ratio": lambda: stats.common_odds_ratio(4, 16, 10, 190),
    "common_rate_ratio": lambda: stats.common_rate_ratio(4, 16, 10, 190),
    "critical_count_ic": lambda: stats.critical_count_ic(0.5),
    "critical_count_maxsprt": lambda: stats.critical_count_maxsprt(0.5, critical_value=3.0),
    "critical_count_poisson": lambda: stats.critical_count_poisson(0.5),
    "detection_probability": lambda: stats.detection_probability(0.5, n_min=3),
    "discrete_q": lambda: stats.discrete_q(0.001, stats.Family.of([0.1, 2.0])),
    "e_value": lambda: stats.e_value(5, 0.71),
    "eb05": lambda: stats.eb05(4, 1.0, PRIOR),
    "eb95": lambda: stats.eb95(4, 1.0, PRIOR),
    "ebgm": lambda: stats.ebgm(4, 1.0, PRIOR),
    "ebgm_interval": lambda: stats.ebgm_interval(4, 1.0, PRIOR),
    "expected": lambda: stats.expected(4, 16, 10, 190),
    "expected_false": lambda: stats.expected_false(0.01, stats.Family.of([0.1, 2.0])),
    "false_discovery_rate": lambda: stats.false_discovery_rate(4, 1.0, PRIOR),
    "fisher": lambda: stats.fisher(4, 16, 10, 190),
    "fisher_excess": lambda: stats.fisher_excess(4, 16, 10, 190),
    "fit_background_gamma": lambda: stats.fit_background_gamma(0.3, 0.1, 0.9),
    "freeman_halton": lambda: stats.freeman_halton([3, 1], [5, 5]),
    "from_margins": lambda: stats.from_margins(4, 20, 14, 220),
    "gamma_poisson": lambda: stats.gamma_poisson(4, 1.0),
    "garwood": lambda: stats.garwood(3, 10),
    "gps_cdf": lambda: stats.gps_cdf(4, 1.0, PRIOR, ratio=2.0),
    "gps_quantile": lambda: stats.gps_quantile(4, 1.0, PRIOR, p=0.05),
    "homogeneity_exact": lambda: stats.homogeneity_exact([3, 1], [1, 2]),
    "ic": lambda: stats.ic(4, 1.0),
    "ic_approx": lambda: stats.ic_approx(4, 1.0),
    "inverse_variance": lambda: stats.inverse_variance([0.1, 0.4], [0.1, 0.2]),
    "leave_one_out": lambda: stats.leave_one_out([3, 1], [1, 2]).estimate[0],
    "llr": lambda: stats.llr(4, 1.0),
    "llr_binomial": lambda: stats.llr_binomial(4, 5, matching_ratio=1.0),
    "llr_conditional": lambda: stats.llr_conditional(4, 0.5, 3),
    "local_false_discovery_rate": lambda: stats.local_false_discovery_rate(4, 1.0, PRIOR),
    "log_e_value": lambda: stats.log_e_value(5, 0.71),
    "lrt": lambda: stats.lrt(4, 20, 14, 220),
    "mh_irr": lambda: stats.mh_irr(4, 16, 10, 190),
    "mh_or": lambda: stats.mh_or(4, 16, 10, 190),
    "mh_rr": lambda: stats.mh_rr(4, 16, 10, 190),
    "midp_rate": lambda: stats.midp_rate(3, 10),
    "minimal_detectable_rr": lambda: stats.minimal_detectable_rr(0.5),
    "minimum_reporting_fraction": lambda: stats.minimum_reporting_fraction(3, 10),
    "observed_expected": lambda: stats.observed_expected(5, 2.0, midp=True),
    "observed_expected_gamma": lambda: stats.observed_expected_gamma(5, 2.0, shape=4, rate=9),
    "observed_expected_uncertain": lambda: stats.observed_expected_uncertain(5, 2.0, 3, 9),
    "observed_uncertain": lambda: stats.observed_uncertain(5, 2.0, 0.5),
    "omega": lambda: stats.omega(
        n111=25, n110=25, n101=20, n011=30, n100=80, n010=70, n001=10, n000=90
    ),
    "patients_needed": lambda: stats.patients_needed(0.001),
    "person_time_needed": lambda: stats.person_time_needed(0.001, relative_risk=2.0, alpha=0.05),
    "peto": lambda: stats.peto(4, 16, 10, 190),
    "pooled_only_probability": lambda: stats.pooled_only_probability(
        countries=10, patients=5000, risk=0.001
    ),
    "pooled_only_unequal": lambda: stats.pooled_only_unequal([1.0, 2.0]),
    "posterior_weight": lambda: stats.posterior_weight(4, 1.0, PRIOR),
    "power_spending": lambda: stats.power_spending(0.5),
    "probability_above": lambda: stats.probability_above(4, 1.0, 2.0),
    "prr": lambda: stats.prr(4, 16, 10, 190),
    "random_effects": lambda: stats.random_effects([0.1, 0.4], [0.1, 0.2]),
    "random_rate_ratio": lambda: stats.random_rate_ratio(4, 16, 10, 190),
    "ratio_of_ratios": lambda: stats.ratio_of_ratios(4.0, 0.2, 2.0, 0.1),
    "rate_ratio": lambda: stats.rate_ratio(4, 16, 10, 190, method="midp"),
    "ror": lambda: stats.ror(4, 16, 10, 190),
    "ror_exact": lambda: stats.ror_exact(4, 16, 10, 190),
    "ror_haldane": lambda: stats.ror_haldane(4, 16, 10, 190),
    "rrr": lambda: stats.rrr(4, 16, 10, 190),
    "step_up_q": lambda: stats.step_up_q(0.001, lambda t: 2.0 * t),
    "whole_cells": lambda: stats.whole_cells(4, 16, 10, 190),
    "zero_event_upper": lambda: stats.zero_event_upper(10),
}
# What is no scalar by nature: reports, families of pairs, curves, the looks of a design.
ARRAYS_ONLY = {
    "boundary_binomial", "chi2_yates_sparse", "cohort_person_years", "compare_onsets",
    "expected_from_margins", "fit_exponential", "fit_gps", "fit_weibull", "from_reports",
    "group_binomial", "group_performance", "group_poisson", "homogeneity_screen",
    "interval_onset_curve", "lrt_scan", "mh_or_sparse", "mh_rr_sparse", "onset_curve",
    "patient_years", "period_person_years", "spending_binomial", "spending_poisson",
    "stratified_tail", "stratified_tail_from_margins", "zero_bins",
}  # fmt: skip
# One design in, Python numbers out.
NUMBERS_ONLY = {
    "critical_value_binomial", "critical_value_conditional", "critical_value_poisson",
    "error_poisson", "minimal_detectable_rr_sequential", "naive_error", "performance_binomial",
    "performance_conditional", "performance_poisson", "power_conditional",
}  # fmt: skip


def test_every_public_name_of_a_module_is_offered_once() -> None:
    offered = [id(getattr(stats, name)) for name in NAMES]
    assert len(set(offered)) == len(offered)
    for module in MODULES:
        for name, value in vars(importlib.import_module(f"pv.stats.{module}")).items():
            own = getattr(value, "__module__", "") == f"pv.stats.{module}"
            if own and name[0] != "_" and (inspect.isfunction(value) or inspect.isclass(value)):
                assert id(value) in offered, f"pv.stats.{module}.{name} is not offered"


def test_dir_lists_what_can_be_had_and_nothing_else_is_there() -> None:
    assert dir(stats) == sorted(dir(stats)) == sorted(stats.__all__)
    assert {"prr", "from_reports", "fit_gps", "tables"} <= set(dir(stats))
    assert set(MODULES) <= set(dir(stats))
    for name in dir(stats):
        assert getattr(stats, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'prrr'"):
        getattr(stats, "prrr")  # noqa: B009


def test_the_stub_exports_what_it_imports() -> None:
    """A type checker goes by __all__, the package by the imports."""
    tree = ast.parse(Path(stats.__file__).with_suffix(".pyi").read_text("utf-8"))
    (exported,) = (node.value for node in tree.body if isinstance(node, ast.Assign))
    assert sorted(ast.literal_eval(exported)) == dir(stats)


def test_a_module_is_imported_when_its_name_is_first_asked_for() -> None:
    program = (
        "import sys; from pv import stats; dir(stats); assert 'numpy' not in sys.modules;"
        "stats.prr; assert 'numpy' in sys.modules; assert 'pv.stats.latency' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_design_arguments_go_by_keyword(name: str) -> None:
    for parameter in inspect.signature(getattr(stats, name)).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            continue
        key = (name, parameter.name)
        assert parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        assert parameter.default is parameter.empty or key in DATA_WITH_DEFAULT, key
        assert parameter.name not in BY_KEYWORD or key in FIRST_ARGUMENT, key


def test_another_design_is_not_taken_silently() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        stats.critical_value_poisson(10, 3, 0.05)  # pyright: ignore
    with pytest.raises(TypeError, match="positional argument"):
        stats.rate_ratio(3, 10, 1, 10, 0.9)  # pyright: ignore


@pytest.mark.parametrize("name", [*FUNCTIONS, *CLASSES])
def test_every_name_is_explained(name: str) -> None:
    value = getattr(stats, name)
    assert (value.__doc__ or "").strip().endswith((".", ")", "``"))
    assert not (value.__doc__ or "").startswith(f"{value.__name__}("), "dataclass's own text"
    for member, function in vars(value).items() if inspect.isclass(value) else ():
        if inspect.isfunction(function) and member[0] != "_":
            assert function.__doc__, f"{name}.{member}"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_scalars_give_scalars(name: str) -> None:
    assert (name in SCALARS) + (name in ARRAYS_ONLY) + (name in NUMBERS_ONLY) == 1
    if name not in SCALARS:
        return
    found = SCALARS[name]()
    values = list(found) if isinstance(found, stats.Result | tuple) else [found]
    assert [value for value in values if np.ndim(value) or isinstance(value, np.ndarray)] == []


def test_results_print_short_unpack_and_go_to_a_frame() -> None:
    one = stats.garwood(3, 10)
    assert repr(one) == "Estimate(estimate=0.3, lower=0.0618672, upper=0.876727)"
    estimate, lower, upper = one
    assert one.as_dict() == {"estimate": estimate, "lower": lower, "upper": upper}
    many = stats.ic(np.arange(1000), 1.0)
    assert len(repr(many)) < 200
    assert [column.shape for column in many.as_dict().values()] == [(1000,)] * 3
    assert list(PRIOR.as_dict()) == ["alpha1", "beta1", "alpha2", "beta2", "weight"]
    assert list(PRIOR.as_dict().values()) == [0.2, 0.1, 2.0, 4.0, 1 / 3]
    assert stats.GpsPrior(*PRIOR) == PRIOR
    assert stats.cells(4, 16, 10, 190).as_dict() == {"a": 4, "b": 16, "c": 10, "d": 190}


def test_a_fit_goes_to_a_frame_with_its_prior_and_certificate() -> None:
    rng = np.random.default_rng(1)
    expected = rng.lognormal(0, 1.5, 4_000)
    ratio = np.where(rng.random(4_000) < 0.1, rng.gamma(0.5, 10, 4_000), rng.gamma(3, 1 / 3, 4_000))
    found = stats.fit_gps(rng.poisson(ratio * expected), expected)
    columns = found.as_dict()
    assert columns["alpha1"] == found.prior.alpha1
    assert columns["information"] == found.certificate.information
    assert {"likelihood", "neg_log_likelihood", "limit", "starts_agreeing"} < set(columns)
    assert [np.ndim(value) for value in columns.values()] == [0] * len(columns)
    assert ZeroBins(np.ones(2), np.ones(2)).as_dict().keys() == {"expected", "count"}
