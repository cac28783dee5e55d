"""ops.step_state: which steps of the warehouse are done, and on what they depended."""

import duckdb

from pv.warehouse.transaction import transaction


def is_done(con: duckdb.DuckDBPyConnection, step: str, fingerprint: str) -> bool:
    """Whether the step's tables are what it would make them."""
    found = con.execute(
        "select fingerprint from ops.step_state where step = $step", {"step": step}
    ).fetchone()
    return found == (fingerprint,)


def forget(con: duckdb.DuckDBPyConnection, *steps: str) -> None:
    """Before a step's tables change: a kill in its midst must not leave it marked as done."""
    con.execute("delete from ops.step_state where step in $steps", {"steps": list(steps)})


def mark_done(con: duckdb.DuckDBPyConnection, step: str, fingerprint: str) -> None:
    """After the last transaction of a step."""
    with transaction(con):
        forget(con, step)
        con.execute(
            "insert into ops.step_state by name select $step as step, $fingerprint as fingerprint",
            {"step": step, "fingerprint": fingerprint},
        )
