"""The safety officer's report: one HTML page made from a published snapshot and nothing else."""

from pv.report.page import write

__all__ = ["write"]
