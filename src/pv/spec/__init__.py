"""What is asked: rule with its scope, latency windows, retention, sequential design, linkage."""

from pv.spec.analysis import AnalysisSpec

__all__ = ["AnalysisSpec"]
