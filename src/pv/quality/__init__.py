"""The gate between staging and core: suites run, failing rows go to quarantine, rows add up."""

from pv.quality.gating import GateSummary, RuleResult, gate

__all__ = ["GateSummary", "RuleResult", "gate"]
