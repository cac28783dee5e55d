"""The gate between staging and core: suites run, failing rows go to quarantine, rows add up.

What would take much away of what was published is held for a person.
"""

from pv.quality.continuity import Held, Published, Shares, held, published
from pv.quality.gating import GateSummary, gate
from pv.quality.rules import RuleResult
from pv.quality.series import QUARTER_MISSING

__all__ = [
    "QUARTER_MISSING", "GateSummary", "Held", "Published", "RuleResult", "Shares", "gate", "held",
    "published",
]  # fmt: skip
