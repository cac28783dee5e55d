"""The safety officer's pages of a night, made from a published snapshot and nothing else."""

from pv.report.site import write

__all__ = ["write"]
