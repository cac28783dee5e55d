"""Series of quarters: those inside a series for which no file came, a rule of the gate's own.

No row and no file breaks it, so nothing is set aside: what was reported then is in no figure.
"""

from itertools import groupby

import duckdb

from pv.errors import shortened
from pv.quality.rules import RuleResult

QUARTER_MISSING = "quarter_missing"
QUARTER_MISSING_REASON = (
    "between the first and the last quarter of a source that comes by quarters one has no file: "
    "what was reported then and not since is in no figure; fetch it into the inbox"
)
# So many quarters of a source are named.
_MOST_NAMED = 12


def missing(con: duckdb.DuckDBPyConnection) -> RuleResult:
    """What the rule finds; the views of the schema `gate` are in place."""
    found = con.execute(
        "select source, quarter, has_file from gate.series_quarter order by all"
    ).fetchall()
    gaps = [(source, quarter) for source, quarter, has_file in found if not has_file]
    told = "; ".join(
        f"{source}: {_named([quarter for _, quarter in group])}"
        for source, group in groupby(gaps, key=lambda gap: gap[0])
    )
    return RuleResult(
        "ops.source_file", QUARTER_MISSING, "warning", len(found), len(gaps), shortened(told)
    )


def _named(quarters: list[str]) -> str:
    more = len(quarters) - _MOST_NAMED
    return ", ".join(quarters[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
