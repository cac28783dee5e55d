"""How it goes with a home's nights: the last attempt, the last success, the next one, the backlog.

It reads logs/status.json, the lock and the names in the inbox, and opens no database: it may be
asked at any moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pv.errors import UsageError, shortened
from pv.night import lock, outcome
from pv.settings import Home

# A night that is older than a day and a half was not there yesterday.
LATE_HOURS = 36
# How long after its time a night of the schedule may begin.
_GRACE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Status:
    """What is known, and in `wrong`, a line each, what a person should look at."""

    home: str
    running: str | None
    last_attempt: dict[str, Any] | None
    last_success: dict[str, Any] | None
    age_hours: float | None
    next: str | None
    backlog: int
    backlog_oldest_hours: float | None
    wrong: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """For a person."""
        yield f"night: {self.running} is at work" if self.running else "night: none runs"
        for name, found in (
            ("last attempt", self.last_attempt),
            ("last success", self.last_success),
        ):
            yield f"{name}: {_said(found)}"
        if self.age_hours is not None:
            yield f"age: {_span(self.age_hours)} since the last success"
        yield f"next: {self.next or 'not known here; ask what starts the night'}"
        oldest = f", the oldest {_span(self.backlog_oldest_hours)} ago" if self.backlog else ""
        yield f"backlog: {self.backlog} files came since the last success{oldest}"
        yield from (f"wrong: {told}" for told in self.wrong)
        if not self.wrong:
            yield "ok"


def status(root: Path, late_hours: float = LATE_HOURS, moment: datetime | None = None) -> Status:
    """The status of a home. Raises `UsageError` when it is no folder."""
    if not root.is_dir():
        raise UsageError(f"{root} is not a folder; name the home of the nights with --home")
    home, clock = Home(root.resolve()), moment or datetime.now(UTC)
    kept, running = outcome.read(home), lock.holder(home)
    attempt, success = kept.get("last_attempt") or None, kept.get("last_success")
    age = _hours(clock, success["ended"]) if success else None
    since = datetime.fromisoformat(success["began"]).timestamp() if success else 0.0
    came = sorted(_came(home.inbox, since))
    return Status(
        home=str(home.root),
        running=running,
        last_attempt=attempt,
        last_success=success,
        age_hours=age,
        next=kept.get("next"),
        backlog=len(came),
        backlog_oldest_hours=round((clock.timestamp() - came[0]) / 3600, 1) if came else None,
        wrong=tuple(_wrong(kept, running, age, late_hours, clock)),
    )


def _wrong(
    kept: dict[str, Any], running: str | None, age: float | None, late: float, clock: datetime
) -> Iterator[str]:
    attempt = kept.get("last_attempt") or {}
    if attempt.get("status") == outcome.FAILED:
        yield f"the last attempt failed ({attempt['exit_code']}): {attempt['message']}"
    elif attempt.get("status") == outcome.RUNNING and not running:
        yield "the last attempt was ended from outside (killed, or the machine went down): start it"
    elif attempt.get("held"):
        yield f"{len(attempt['held'])} held for a person: see `poolvigil accept --list`"
    if age is None:
        yield "no night has ended well yet"
    elif age > late:
        yield f"the last success is {_span(age)} old; look why no night has ended well since"
    due = kept.get("next")
    if due and not running and _hours(clock, due) * 3600 > _GRACE_SECONDS:
        yield f"a night was due at {due} and has not begun: is `poolvigil serve` running?"


def _came(inbox: Path, since: float) -> Iterator[float]:
    """When each file came that no night has seen: a copy keeps the old date of its content, and
    not that of its name."""
    for path in inbox.rglob("*"):
        if not path.name.startswith(".") and path.is_file():
            changed = path.stat().st_ctime
            if changed > since:
                yield changed


def _hours(clock: datetime, then: str) -> float:
    return round((clock - datetime.fromisoformat(then)).total_seconds() / 3600, 2)


def _said(found: dict[str, Any] | None) -> str:
    if not found:
        return "none is known"
    when = found.get("ended") or found.get("began")
    code = "" if found.get("exit_code") is None else f" ({found['exit_code']})"
    rest = found.get("message") or found.get("run_id") or ""
    return shortened(f"{when} {found.get('doing')}: {found['status']}{code} {rest}".rstrip())


def _span(hours: float | None) -> str:
    """A span of time as a person says it."""
    if hours is None:
        return "an unknown time"
    if hours < 1:
        return f"{max(0, round(hours * 60))} min"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"
