"""Simulated safety reports in the agencies' own layouts, with planted truth.

Everything written here says that it is simulated: a README in every container, senders named
"SIMULATED SENDER n", substances named "SIMDRUG-nnnn", and a `source` column that says so.
"""
