"""ops.audit_event: what persons did, in the order in which they did it."""

from datetime import UTC, datetime

import duckdb

from pv.decisions import chain


def record(con: duckdb.DuckDBPyConnection, action: str, subject: str, detail: str, by: str) -> None:
    """Add an event; `by` is the user who gave the command."""
    chain.append(
        con,
        relation="ops.audit_event",
        row={
            "audited_at": now(), "audited_by": by, "audit_action": action,
            "audit_subject": subject, "audit_detail": detail,
        },
    )  # fmt: skip


def now() -> datetime:
    """This moment in UTC, to the second."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
