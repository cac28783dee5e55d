"""Fields of counts and of the statistics on them."""

from pv.dictionary.model import Field

FIELDS = (
    # Counts.
    Field("a", "bigint", "Cases with product and event", unit="cases", minimum=0),
    Field("b", "bigint", "Cases with the product without the event", unit="cases", minimum=0),
    Field("c", "bigint", "Cases with the event without the product", unit="cases", minimum=0),
    Field("d", "bigint", "Cases with neither", unit="cases", minimum=0),
    Field("n", "bigint", "Cases with product and event: of all strata, or of the "
          "place and window that the row names", unit="cases", minimum=0),
    Field("n_product", "bigint", "Cases with the product", unit="cases", minimum=0),
    Field("n_event", "bigint", "Cases with the event", unit="cases", minimum=0),
    Field("n_cases", "bigint", "All cases of the stratum", unit="cases", minimum=0),
    Field("receipt_period", "integer", "Number of the period of receipt in its stratum, by first "
          "receipt from 1 on", minimum=1),
    Field("received_from", "date", "First day of the period; empty for the stratum's first"),
    Field("received_to", "date", "Last day of the period; empty while it is open"),
    # Statistics.
    Field("expected", "double", "Expected cases: the sum over the periods of receipt of each "
          "stratum of what is expected in it", unit="cases"),
    Field("ic", "double", "Information component log2((n+.5)/(expected+.5))", unit="bits"),
    Field("ic025", "double", "Lower 95% limit of the IC (exact gamma quantile)", unit="bits"),
    Field("ic975", "double", "Upper 95% limit of the IC (exact gamma quantile)", unit="bits"),
    Field("ror", "double", "Reporting odds ratio; Mantel-Haenszel over strata"),
    Field("ror025", "double", "Lower 95% limit of the reporting odds ratio"),
    Field("ror975", "double", "Upper 95% limit of the reporting odds ratio"),
    Field("prr", "double", "Proportional reporting ratio; Mantel-Haenszel over strata"),
    Field("chi2_yates", "double", "Chi-squared with continuity correction: Yates in one stratum, "
          "Cochran over strata"),
    Field("rrr", "double", "Relative reporting ratio n/expected"),
    Field("ebgm", "double", "Empirical Bayes geometric mean (DuMouchel 1999) with mart.prior"),
    Field("eb05", "double", "5% quantile of the empirical Bayes posterior"),
    Field("eb95", "double", "95% quantile of the empirical Bayes posterior"),
    Field("identified", "boolean", "The data determine the prior"),
    Field("refusal", "varchar", "Why the data do not determine the prior"),
    Field("likelihood", "varchar", "Form of the likelihood: full counts zero cells too"),
    Field("alpha1", "double", "Shape of the component with the larger mean"),
    Field("beta1", "double", "Rate of the component with the larger mean"),
    Field("alpha2", "double", "Shape of the other component"),
    Field("beta2", "double", "Rate of the other component"),
    Field("weight", "double", "Share of the component with the larger mean"),
    Field("neg_log_likelihood", "double", "-logL at the optimum"),
    Field("prior_limit", "varchar", "none, null (a point mass at 1) or point-mass (one component)"),
    Field("certificate", "json", "Gradient, starts that agree, distance to the bounds, curvature"),
    Field("midp", "double", "One-sided Poisson mid-p value of n against expected", minimum=0,
          maximum=1),
    Field("bh_midp", "double", "Benjamini-Hochberg adjusted mid-p value over all pairs of the run",
          minimum=0, maximum=1),
    Field("expected_by_country", "double", "Expected cases by country alone: the periods of "
          "receipt of each stratum are one", unit="cases"),
    Field("crude_expected", "double", "Expected cases when all strata of the row are collapsed, "
          "countries and periods of receipt", unit="cases"),
    Field("crude_ic", "double", "IC of the collapsed table; to compare, never to decide alone",
          unit="bits"),
    Field("crude_ic025", "double", "Lower 95% limit of crude_ic", unit="bits"),
    Field("crude_ic975", "double", "Upper 95% limit of crude_ic", unit="bits"),
    Field("crude_ror", "double", "Reporting odds ratio of the collapsed table"),
    Field("crude_ror025", "double", "Lower 95% limit of crude_ror"),
    Field("crude_ror975", "double", "Upper 95% limit of crude_ror"),
    Field("crude_prr", "double", "PRR of the collapsed table"),
    Field("crude_chi2_yates", "double", "Yates chi-squared of the collapsed table"),
    Field("flagged", "boolean", "The run's rule holds here"),
    Field("time_flagged", "boolean", "The run's rule holds on what is expected by country alone, "
          "and not by period of receipt"),
    Field("crude_flagged", "boolean", "The run's rule holds on the collapsed table"),
)  # fmt: skip
