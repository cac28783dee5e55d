"""The states that were ever computed: mart.signal_history, to which is only added."""

import duckdb

from pv.errors import PublishError
from pv.spec.rule import Rule
from pv.warehouse.numbered import run_step
from pv.warehouse.relations import rows


def append(con: duckdb.DuckDBPyConnection, state_id: str, rule: Rule) -> None:
    """Add the state that stands in mart.signal, unless it is there already.

    Raises `PublishError` when it is there and differs: a replay and a night of one date, or two
    nights on the same inputs, must agree in every bit.
    """
    if state_id not in states(con):
        params = {"state_id": state_id, "rule_name": f"{rule.name} {rule.version}"}
        run_step(con, "pairs/history", params)
        return
    found = rows(con, "audit/state_is_same", {"state_id": state_id})
    if found:
        product, event, _ = found[0]
        raise PublishError(
            f"{len(found)} pairs differ from what was computed before for the same date and inputs "
            f"(state {state_id}), the first: {product} / {event}"
        )


def states(con: duckdb.DuckDBPyConnection) -> list[str]:
    """The states that are there, in the order of their names."""
    found = con.execute("select distinct state_id from mart.signal_history order by all")
    return [state for (state,) in found.fetchall()]
