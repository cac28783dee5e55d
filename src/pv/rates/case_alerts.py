"""Case alerts: every single case of a designated late event, told from the night it arrives."""

from datetime import date

import duckdb

from pv.spec import AnalysisSpec
from pv.warehouse.relations import run


def fill(
    con: duckdb.DuckDBPyConnection, as_of: date, spec: AnalysisSpec, state_id: str | None
) -> None:
    """Fill mart.case_alert, and keep in ops.case_alert what is told for the first time.

    Needs the relations of sql/count and work.latency_window. An alert is for individual
    assessment: it is no signal, and no date of it is a detection.
    """
    params = {"as_of": as_of, "state_id": state_id, "roles": list(spec.rule.roles)}
    for folder in ("rates/alerting", "rates/told", "rates/alerts"):
        run(con, folder, params)
