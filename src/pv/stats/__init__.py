"""The field's statistics as pure functions on NumPy arrays: NumPy and SciPy only.

One table: twobytwo, disproportionality, information. Shrinkage: gps, gps_fit, gps_zeros. Pooling:
stratified, stratified_screening, meta, conditional, homogeneity. Rates: poisson, binomial. Every
night: sequential, sequential_binomial, sequential_conditional, multiplicity. Late events: latency,
latency_parametric. Design: power.
"""
