"""Standard errors of pooled effects against the numbers that metafor prints."""

import numpy as np
import pytest
from statsmodels.stats import meta_analysis

from pv.stats import conditional, disproportionality, meta

# Catheter-related bloodstream infections, treated against standard catheters: events and days
# (Niel-Weise et al. 2008; Stijnen, Hamza and Ozdemir 2010, table VI; metadat's dat.nielweise2008).
X1, T1 = [7, 8, 3, 6, 1, 1, 17, 3, 2], [1344, 1600, 12012, 1536, 370, 729, 6760, 1107, 320]
X2, T2 = [11, 8, 14, 10, 1, 8, 15, 7, 3], [1988, 1460, 10962, 1503, 483, 913, 6840, 1015, 440]

# BCG vaccine (Colditz et al. 1994; metadat's dat.bcg): tuberculosis and none, vaccinated and not.
BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
        [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619], [505, 87886, 499, 87892],
        [29, 7470, 45, 7232], [17, 1699, 65, 1600], [186, 50448, 141, 27197], [5, 2493, 3, 2338],
        [27, 16886, 29, 17825],
    ]
)  # fmt: skip


def test_the_random_rate_ratio_has_metafor_s_standard_error() -> None:
    """rma.glmm(measure="IRR", model="CM.EL"): -.4762, se .2377, tau .3501."""
    found = conditional.random_rate_ratio(X1, T1, X2, T2)
    assert np.sqrt(found.log_variance) == pytest.approx(0.2377, abs=5e-5)
    assert np.log(found.estimate) == pytest.approx(-0.4762, abs=2e-4)
    assert np.sqrt(found.tau2) == pytest.approx(0.3501, abs=2e-4)


def test_without_variance_between_strata_it_is_that_of_one_binomial() -> None:
    # 70 of 105 events with the first, equal odds in all strata: var(ln) = 1/70 + 1/35.
    found = conditional.random_rate_ratio([20, 40, 10], [10, 20, 5], [10, 20, 5], [10, 20, 5])
    assert found.tau2 == 0
    assert found.log_variance == pytest.approx(1 / 70 + 1 / 35, rel=1e-6)


def test_with_events_on_one_side_only_there_is_none() -> None:
    assert np.isnan(conditional.random_rate_ratio([0, 0], [1, 1], [2, 1], [1, 1]).log_variance)


def log_risk_ratios() -> tuple[np.ndarray, np.ndarray]:
    ratio = disproportionality.prr(*BCG.T)
    return np.log(ratio.estimate), ratio.log_variance


@pytest.mark.parametrize(
    ("method", "estimate", "standard_error"),
    [("reml", -0.7145, 0.1798), ("dersimonian_laird", -0.7141, 0.1787)],
)
def test_pooled_effects_have_metafor_s_standard_errors(
    method: meta.Tau2Method, estimate: float, standard_error: float
) -> None:
    """rma(measure="RR", data=dat.bcg) with these methods."""
    found = meta.random_effects(*log_risk_ratios(), method=method, hartung_knapp=False)
    assert found.estimate == pytest.approx(estimate, abs=5e-5)
    assert found.standard_error == pytest.approx(standard_error, abs=5e-5)


def test_hartung_and_knapp_s_standard_error_is_statsmodels() -> None:
    effect, variance = log_risk_ratios()
    theirs = meta_analysis.combine_effects(effect, variance, method_re="dl")
    found = meta.random_effects(effect, variance, method="dersimonian_laird")
    assert found.standard_error == pytest.approx(theirs.sd_eff_w_re_hksj, rel=1e-9)


def test_the_fixed_effect_s_standard_error_is_that_of_its_weights() -> None:
    found = meta.inverse_variance([0.2, 0.5, -0.1], [0.04, 0.09, 0.36])
    assert found.standard_error == pytest.approx((1 / 0.04 + 1 / 0.09 + 1 / 0.36) ** -0.5)
