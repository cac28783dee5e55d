"""What persons have decided on signals: of each headline, and all of them on a page."""

from dataclasses import dataclass
from datetime import date

import duckdb

from pv.report.rows import rows

_COLUMNS = """
    d.decision_no, d.product, d.event, d.event_kind, d.signal_status, d.signal_outcome, d.reason,
    d.evaluation_method, d.action_taken, d.next_review, d.decided_on, d.decided_by, d.run_id,
    d.as_of, d.verdict, d.n_decided, d.row_hash
"""

_ALL = f"select 0 as key, {_COLUMNS} from ops.decision d order by d.decision_no"

# Also those of pairs that stand under the headline now.
OF_HEADLINES = f"""
with pairs as (
    select h.key, h.product, h.event, h.event_kind from headline h semi join shown using (key)
    union
    select h.key, f.folded.product, f.folded.event, f.folded.event_kind
    from headline h
    semi join shown using (key)
    cross join unnest(h.folded) as f(folded)
)
select p.key, {_COLUMNS}
from pairs p
join ops.decision d using (product, event, event_kind)
order by p.key, d.decision_no
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person said of a signal, and what stood in the snapshot that was decided on."""

    key: int
    decision_no: int
    product: str
    event: str
    event_kind: str
    signal_status: str
    signal_outcome: str | None
    reason: str
    evaluation_method: str | None
    action_taken: str | None
    next_review: date | None
    decided_on: date
    decided_by: str
    run_id: str
    as_of: date
    verdict: str
    n_decided: int
    row_hash: str


def read(con: duckdb.DuckDBPyConnection) -> list[Decision]:
    """Every decision, in the order in which they were made."""
    return rows(con, Decision, _ALL)
