"""Decisions on signals: what may follow what, and how one is added (GVP module IX)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

import duckdb

from pv.decisions import chain, trail
from pv.dictionary.fields.decisions import SIGNAL_OUTCOMES, SIGNAL_STATES
from pv.errors import UsageError, shortened
from pv.warehouse.relations import rows

DETECTED, CLOSED = "detected", "closed"
# What may follow a state. `detected` takes a decision back.
NEXT: Mapping[str, tuple[str, ...]] = {
    "detected": ("validated", "not_validated"),
    "validated": (
        "validated", "not_validated", "confirmed", "under_assessment", "closed", "detected",
    ),
    "not_validated": ("not_validated", "validated", "detected"),
    "confirmed": ("confirmed", "under_assessment", "closed", "detected"),
    "under_assessment": ("under_assessment", "confirmed", "closed", "detected"),
    "closed": ("closed", "validated", "under_assessment", "detected"),
}  # fmt: skip
KINDS = ("event", "event_group")
# Longer than this is a report of its own, which a reason can name.
_MOST_TEXT = 2000
# So much of what was given is in a message.
_MOST_QUOTED = 60
_TEXTS = ("reason", "evaluation_method", "action_taken", "decided_by")


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of a signal. `event_kind` may be left open where one is meant."""

    product: str
    event: str
    event_kind: str | None
    signal_status: str
    signal_outcome: str | None
    reason: str
    evaluation_method: str | None
    action_taken: str | None
    next_review: date | None
    decided_on: date
    decided_by: str

    def __str__(self) -> str:
        kind = " (group)" if self.event_kind == "event_group" else ""
        return f"{self.product} / {self.event}{kind}: {self.signal_status}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A pair as the snapshot shows it that is decided on."""

    run_id: str
    as_of: date
    product: str
    event: str
    event_kind: str
    headline: bool
    verdict: str
    n_decided: int
    fatal_cases: list[int]
    countries: list[str]


@dataclass(frozen=True, slots=True)
class Before:
    """The last decision of a pair: its state, and its day; None for a pair without one."""

    signal_status: str = DETECTED
    decided_on: date | None = None


def look_up(snapshot: duckdb.DuckDBPyConnection, said: Said) -> Seen:
    """The pair that is meant, in a snapshot. Raises `UsageError` where it is not one."""
    if said.event_kind not in (None, *KINDS):
        raise UsageError(
            f"kind {shortened(said.event_kind, _MOST_QUOTED)!r}: say event or event_group"
        )
    given = {"product": said.product, "event": said.event}
    found = [Seen(*row) for row in rows(snapshot, "decisions/asked/seen", given)]
    meant = [each for each in found if said.event_kind in (None, each.event_kind)]
    headlines = [each for each in meant if each.headline]
    if len(meant) == 1 or len(headlines) == 1:
        return meant[0]
    if meant:
        raise UsageError(
            f"{said.product} / {said.event} is an event and a group: say which (kind event or "
            "event_group)"
        )
    raise UsageError(_unknown(snapshot, said))


def check(said: Said, before: Before, today: date) -> None:
    """Raise `UsageError` where a decision may not follow the one before it, or says too little."""
    if said.signal_status not in SIGNAL_STATES:
        raise UsageError(_not_one_of("state", said.signal_status, SIGNAL_STATES))
    if said.signal_outcome is not None and said.signal_outcome not in SIGNAL_OUTCOMES:
        raise UsageError(_not_one_of("outcome", said.signal_outcome, SIGNAL_OUTCOMES))
    if (said.signal_status == CLOSED) != (said.signal_outcome is not None):
        raise UsageError(
            f"a closed signal has an outcome ({', '.join(SIGNAL_OUTCOMES)}), and no other has one"
        )
    for name in _TEXTS:
        text = getattr(said, name)
        if text is not None and (not text.strip() or len(text) > _MOST_TEXT):
            raise UsageError(f"{name}: give a text of at most {_MOST_TEXT} characters")
        if text is not None and not text.replace("\n", "").isprintable():
            raise UsageError(f"{name} holds characters that cannot be read")
    if said.decided_on > today:
        raise UsageError(f"decided on {said.decided_on}: that day has not come")
    if said.next_review is not None and said.next_review <= said.decided_on:
        raise UsageError(f"next review on {said.next_review}: give a day after the decision")
    if before.decided_on is not None and said.decided_on < before.decided_on:
        raise UsageError(
            f"decided on {said.decided_on}, before the last decision ({before.signal_status} on "
            f"{before.decided_on}): what was decided is not changed, add a decision of today"
        )
    if said.signal_status not in NEXT[before.signal_status]:
        raise UsageError(
            f"{before.signal_status} cannot become {said.signal_status}: next may be "
            f"{', '.join(NEXT[before.signal_status])}"
        )


def last(con: duckdb.DuckDBPyConnection, seen: Seen) -> Before:
    """The last decision of a pair, in the warehouse."""
    found = con.execute(
        "select signal_status, decided_on from ops.decision "
        "where product = $product and event = $event and event_kind = $event_kind "
        "order by decision_no desc limit 1",
        {"product": seen.product, "event": seen.event, "event_kind": seen.event_kind},
    ).fetchone()
    return Before(*found) if found else Before()


def is_recorded(con: duckdb.DuckDBPyConnection, said: Said) -> bool:
    """Whether the warehouse has this very decision, word for word."""
    (known,) = con.execute(
        """
        select count(*) from ops.decision
        where product = $product and event = $event and event_kind = $event_kind
            and signal_status = $signal_status
            and signal_outcome is not distinct from $signal_outcome
            and reason = $reason and evaluation_method is not distinct from $evaluation_method
            and action_taken is not distinct from $action_taken
            and next_review is not distinct from $next_review::date
            and decided_on = $decided_on::date and decided_by = $decided_by
        """,
        _columns(said),
    ).fetchone() or (0,)
    return known > 0


def named(said: Said, seen: Seen) -> Said:
    """The decision with the names of the pair as the snapshot writes them."""
    return replace(said, product=seen.product, event=seen.event, event_kind=seen.event_kind)


def append(
    con: duckdb.DuckDBPyConnection, said: Said, seen: Seen, by: str, decided_from: str | None = None
) -> None:
    """Add a checked decision and its event in the trail. `by` is the user who gives it in."""
    made = chain.append(
        con,
        relation="ops.decision",
        row={
            **_columns(named(said, seen)), "decided_from": decided_from, "run_id": seen.run_id,
            "as_of": seen.as_of, "verdict": seen.verdict, "n_decided": seen.n_decided,
            "fatal_cases": json.dumps(seen.fatal_cases), "countries": seen.countries,
        },
    )  # fmt: skip
    trail.record(con, "signal_decided", str(named(said, seen)), made, by)


def _columns(said: Said) -> dict[str, Any]:
    return {name: getattr(said, name) for name in Said.__slots__}


def _not_one_of(what: str, given: str, allowed: Sequence[str]) -> str:
    given = shortened(given, _MOST_QUOTED)
    near = get_close_matches(given, allowed, 1)
    meant = f"; {near[0]}?" if near else ""
    return f"{what} {given!r} is none of {', '.join(allowed)}{meant}"


def _unknown(snapshot: duckdb.DuckDBPyConnection, said: Said) -> str:
    """That no case has the pair, with a name that may be meant."""
    products = [p for (p,) in snapshot.execute("select distinct product from mart.pair").fetchall()]
    own = next((p for p in products if p.lower() == said.product.lower()), None)
    if own is None:
        return f"no case has the product {_quoted(said.product, products)}"
    events = snapshot.execute(
        "select distinct event from mart.pair where product = $product", {"product": own}
    ).fetchall()
    return f"no case has {own} with {_quoted(said.event, [e for (e,) in events])}"


def _quoted(given: str, known: Sequence[str]) -> str:
    """What is given, with a name that may be meant."""
    given = shortened(given, _MOST_QUOTED)
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(given.lower(), by_lower, 1)
    return f"{given!r}; {by_lower[near[0]]!r}?" if near else repr(given)
