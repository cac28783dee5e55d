"""The field's statistics as pure functions on NumPy arrays: NumPy and SciPy only.

Modules: twobytwo, disproportionality, information, gps, stratified, meta, conditional,
homogeneity, multiplicity, poisson, sequential, latency, power.
"""
