"""What is asked: rule, latency windows, retention, sequential design, linkage weights, scope."""

from pv.spec.analysis import AnalysisSpec, Scope

__all__ = ["AnalysisSpec", "Scope"]
