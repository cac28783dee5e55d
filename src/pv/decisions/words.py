"""Signals and decisions in one line each, for a terminal."""

from typing import Any


def signal_line(row: dict[str, Any]) -> str:
    """Where a signal stands, how many cases it has, and what changed since it was decided on."""
    parts = [
        f"{_name(row)}: {(row['signal_status'] or 'not on a list').replace('_', ' ')}",
        f"{row['verdict'] or 'no verdict'}, n {row['n'] or 0}",
    ]
    if row["n_fatal"]:
        parts.append(f"fatal {row['n_fatal']}")
    if row["decided_on"]:
        parts.append(f"decided on {row['decided_on']} by {row['decided_by']}")
    if row["returned_because"]:
        parts.append(f"back: {row['returned_because']}")
    elif row["changed_since"]:
        parts.append(f"since then {row['changed_since']}")
    if row["next_review"]:
        parts.append(f"next review {row['next_review']}")
    return "; ".join(parts)


def obligation_line(row: dict[str, Any]) -> str:
    """What the authorisation of a product asks for, and how far it has come."""
    asked = [
        (row["authorisation"] or "authorisation not known").replace("_", " "),
        "conditional" if row["conditional"] else "",
        "under additional monitoring" if row["additional_monitoring"] else "",
    ]
    if row["follow_up_years"] is not None:
        reached = row["followed_years"]
        said = "no exposure known" if reached is None else f"at most {reached} reached"
        asked.append(f"{row['follow_up_years']} years of follow-up asked, {said}")
    return f"{row['product']}: {'; '.join(filter(None, asked))}"


def decision_line(row: dict[str, Any]) -> str:
    """One decision: what, who, when, why."""
    said = f"{row['decided_on']} {_name(row)}: {row['signal_status'].replace('_', ' ')}"
    if row["signal_outcome"]:
        said += f" ({row['signal_outcome'].replace('_', ' ')})"
    said += f", by {row['decided_by']}: {row['reason']}"
    return said + (f"; next review {row['next_review']}" if row["next_review"] else "")


def _name(row: dict[str, Any]) -> str:
    group = " (group)" if row["event_kind"] == "event_group" else ""
    return f"{row['product']} / {row['event']}{group}"
