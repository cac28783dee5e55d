"""The states that were ever computed: each kept as what it changes in the one before."""

from datetime import date

import duckdb

from pv.errors import PublishError
from pv.spec.rule import Rule
from pv.warehouse.relations import rows, run, take


def append(con: duckdb.DuckDBPyConnection, state_id: str, as_of: date, rule: Rule) -> None:
    """Add the state that stands in mart.signal, unless it is there already.

    A state is kept as what it changes in the state that was added before it, whatever their dates:
    nothing that an earlier state said depends on a later one.

    Raises `PublishError` when it is there and differs: a replay and a night of one date, or two
    nights on the same inputs, must agree in every bit.
    """
    if state_id not in states(con):
        rule_name = f"{rule.name} {rule.version}"
        run(con, "pairs/change", {"state_id": state_id, "as_of": as_of, "rule_name": rule_name})
        run(con, "pairs/history")
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
    return sorted(take(con, "mart.signal_state", "state_id")["state_id"])
