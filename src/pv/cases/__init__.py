"""Cases from reports: versions, deletions, country, coding and duplicates."""

from pv.cases.build import build

__all__ = ["build"]
