"""The field's statistics as pure functions on NumPy arrays: NumPy and SciPy only.

One table:
    twobytwo: the four cells, their margins and the expected count.
    disproportionality: PRR, ROR, chi-squared, Fisher, LRT, relative reporting ratio and Omega.
    information: the information component with its interval.

Shrinkage:
    gps: the gamma-Poisson shrinker, EBGM with its quantiles.
    gps_fit: its prior by maximum likelihood, with a certificate or a named refusal.
    gps_zeros: the zero cells of a table as a histogram, for that fit.

Pooling over strata:
    stratified: Mantel-Haenszel ratios, stratified expectations, leave one out.
    stratified_screening: the pooled PRR and Yates chi-squared of a screening rule.
    meta: Peto, inverse variance and random effects, for strata with many events.
    conditional: exact and random-effects ratios, for strata with few events.
    homogeneity: whether the strata agree.

Rates:
    poisson: rates, observed against expected, and a background known with uncertainty.
    binomial: proportions, and the ratio of two rates.

Looking every night:
    sequential: Poisson MaxSPRT, and the error of naive rules.
    sequential_binomial: MaxSPRT against matched controls or a comparison window.
    sequential_conditional: MaxSPRT against a limited history.
    multiplicity: false discovery rates over many pairs.

Time to onset:
    latency: the onset curve from right-truncated reports.
    latency_parametric: exponential and Weibull onset, and two samples compared.

Design:
    power: probability of detection, and the patients and person-time needed.
"""
