"""Judge one date: counts, pairs and rates."""

from collections.abc import Callable
from datetime import date

import duckdb

from pv.counts import counts as counting
from pv.counts import versions
from pv.counts.counts import Counts
from pv.pairs import history
from pv.pairs.judge import Look, enter, state
from pv.rates import case_alerts, tables
from pv.spec import AnalysisSpec
from pv.warehouse.relations import run, take
from pv.warehouse.transaction import transaction


def judge(
    con: duckdb.DuckDBPyConnection,
    spec: AnalysisSpec,
    as_of: date,
    state_id: str | None = None,
    counted: Callable[[Counts], None] | None = None,
) -> dict[str, int]:
    """Rebuild every mart table; returns the number of pairs by verdict. What a night keeps (states,
    looks, alerts told) comes last, in one transaction.

    `as_of` is that of the cases. The verdicts are added to mart.signal_history as `state_id`,
    which names all they depend on (None: not at all). `counted` is told the counts before the
    statistics are computed.
    """
    versions.make(con, spec.rule.counted, spec.rule.stratum_min_cases)
    known = take(con, "core.look")
    number, last = known["look_no"].size - 1, max(known["as_of"].tolist(), default=None)
    assert last == as_of, f"the cases are as of {last}, not {as_of}"
    look = Look(number, as_of, spec)
    enter(con, look)
    run(con, "count/margins")
    counts = counting.read(con)
    if counted is not None:
        counted(counts)
    state(con, counts, look, None)
    with transaction(con):
        if state_id is not None:
            history.append(con, state_id, as_of, spec.rule)
        tables.fill(con, as_of, spec)
        case_alerts.fill(con, as_of, spec, state_id)
    found = con.execute("select verdict, count(*) from mart.signal group by all order by all")
    return dict(found.fetchall())
