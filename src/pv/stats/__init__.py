"""The field's statistics as pure functions on NumPy arrays: NumPy and SciPy only.

``from pv import stats; stats.prr(41, 14, 754, 591_958)``: ``dir(stats)`` lists the names, each of
which is explained with an example in docs/statistics.md. A module is imported when one of its names
is first asked for.

One convention holds everywhere. Arrays broadcast and scalars give scalars. Where cases are split
over strata these are the last axis, and the result has the axes before it. Data come by position,
what is chosen for a design (a level, a critical value, a method) by keyword. Bad input raises
``ValueError`` naming the argument; ``nan`` means "undefined". A result has named fields, unpacks in
their order, and ``as_dict`` gives the columns of a data frame.
"""

from importlib import import_module
from typing import Any

# The public names by module; ``name = other`` is the module's ``other``, which is too short here.
_NAMES = {
    "tables": "ReportTable from_reports",
    "twobytwo": "TwoByTwo cells expected from_margins whole_cells",
    "_result": "Estimate EstimateWithP ExactEstimate LogEstimate Result",
    "disproportionality": """Interaction LikelihoodScan chi2 fisher fisher_excess lrt lrt_scan omega
        prr ror ror_exact ror_haldane rrr""",
    "information": "BcpnnEstimate bcpnn1998 ic ic_approx",
    "gps": """GpsPrior eb05 eb95 ebgm ebgm_interval gps_cdf=cdf gps_quantile=quantile
        posterior_weight""",
    "gps_fit": "GpsCertificate GpsFit GpsNotIdentified fit_gps=fit",
    "gps_zeros": "ZeroBins zero_bins",
    "stratified": "expected_from_margins leave_one_out mh_irr mh_or mh_or_sparse mh_rr",
    "stratified_screening": "chi2_yates_sparse mh_rr_sparse",
    "meta": "Pooled inverse_variance peto random_effects",
    "conditional": "RandomEffects common_odds_ratio common_rate_ratio random_rate_ratio",
    "homogeneity": """ExactHomogeneity Heterogeneity ScreenedHomogeneity cochran_q freeman_halton
        homogeneity_exact=exact homogeneity_screen=screen""",
    "poisson": """BackgroundGamma GammaPoisson ObservedExpected fit_background_gamma gamma_poisson
        garwood midp_rate=midp minimum_reporting_fraction observed_expected observed_expected_gamma
        observed_expected_uncertain zero_event_upper""",
    "background": "observed_uncertain probability_above",
    "binomial": "clopper_pearson rate_ratio",
    "person_time": "Retention cohort_person_years patient_years period_person_years",
    "null_tails": "CriticalCount Null SHARP",
    "sharp_null": "StratifiedTail stratified_tail stratified_tail_from_margins",
    "discrete_fdr": "Family discrete_q expected_false",
    "multiplicity": "benjamini_hochberg false_discovery_rate local_false_discovery_rate",
    "e_values": "e_value log_e_value",
    "sequential": """Performance boundary_poisson critical_value_poisson error_poisson llr
        naive_error performance_poisson""",
    "sequential_binomial": """BinomialCriticalValue boundary_binomial critical_value_binomial
        llr_binomial performance_binomial""",
    "sequential_conditional": """ConditionalPerformance boundary_conditional
        critical_value_conditional llr_conditional performance_conditional power_conditional""",
    "sequential_group": """GroupDesign GroupPerformance group_binomial group_performance
        group_poisson power_spending spending_binomial spending_poisson""",
    "latency": "IntervalOnsetCurve OnsetCurve interval_onset_curve onset_curve",
    "latency_parametric": """OnsetComparison OnsetFit compare_onsets fit_exponential
        fit_weibull""",
    "power": """PooledOnlyProbability critical_count_ic critical_count_maxsprt
        critical_count_poisson detection_probability minimal_detectable_rr
        minimal_detectable_rr_sequential patients_needed person_time_needed
        pooled_only_probability pooled_only_unequal""",
}
_HOME = {
    entry.partition("=")[0]: (module, entry.rpartition("=")[2])
    for module, entries in _NAMES.items()
    for entry in entries.split()
}

_MODULES = [module for module in _NAMES if not module.startswith("_")]

_EXPORTED = sorted([*_HOME, *_MODULES])

__all__ = list(_EXPORTED)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        module, other = _HOME[name]
        found = getattr(import_module(f"{__name__}.{module}"), other)
    elif name in _MODULES:
        found = import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return _EXPORTED
