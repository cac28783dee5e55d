"""How the nights of a home ended: logs/status.json, for whoever watches them, and its hooks."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pv import __version__, faults, log
from pv.errors import HELD, LockedError, shortened
from pv.night import hooks, shown
from pv.settings import Home
from pv.warehouse import disk, manifest

NAME = "status.json"
RUNNING, FAILED, REPLAYED = "running", "failed", "replayed"
# How a night ends well.
WELL = ("published", "unchanged")
# What of a summary is told on.
_OF_A_SUMMARY = ("status", "run_id", "as_of", "files", "held", "report")


class Outcome:
    """One night: `begun` once it holds the home, `summary` once it has ended well."""

    def __init__(self, home: Home, doing: str) -> None:
        self._home, self._is_begun = home, False
        self.facts: dict[str, Any] = {
            "doing": doing, "began": now(), "ended": None, "status": RUNNING, "exit_code": None,
            "process": os.getpid(), "host": socket.gethostname(), "version": __version__,
        }  # fmt: skip

    def begun(self) -> None:
        """It holds the home: from now on it is the last attempt."""
        self._is_begun = True
        _write(self._home, {**read(self._home), "last_attempt": self.facts})

    def ended(self, **facts: Any) -> None:
        """Keep how it ended, and tell the hook."""
        self.facts = {**self.facts, "ended": now(), **facts}
        if self._is_begun or facts["exit_code"] != LockedError.exit_code:
            well = {"last_success": self.facts} if facts["status"] in WELL else {}
            _write(self._home, {**read(self._home), "last_attempt": self.facts, **well})
            _show(self._home, self.facts)
        # Of a replay, the night that follows it is told.
        if facts["status"] != REPLAYED:
            hooks.tell(self._home, {"home": str(self._home.root), **self.facts})


@contextmanager
def kept(home: Home, doing: str) -> Iterator[Outcome]:
    """Keep how what is done inside ends; an error goes on to the caller.

    A home that another holds keeps the attempt of the other; the hook is told all the same.
    """
    outcome = Outcome(home, doing)
    try:
        yield outcome
    except Exception as error:
        outcome.ended(**faults.as_facts(error))
        raise


def told(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a night that ended well."""
    facts = {name: summary[name] for name in _OF_A_SUMMARY if name in summary}
    return {**facts, "exit_code": HELD if summary.get("held") else 0}


def died(home: Home, code: int) -> None:
    """Keep and tell that a night was ended from outside, which could not tell itself."""
    outcome = Outcome(home, "night")
    begun = read(home).get("last_attempt") or {}
    if begun.get("status") == RUNNING:
        outcome.facts = begun
    signal_number = -code if code < 0 else code - 128
    message = f"the night was stopped by signal {signal_number}; start it again"
    outcome.ended(status=FAILED, exit_code=128 + signal_number, error="Stopped", message=message)


def scheduled(home: Home, due: datetime) -> None:
    """Keep when the next night is due."""
    _write(home, {"last_attempt": {}, **read(home), "next": due.isoformat(timespec="seconds")})


def read(home: Home) -> dict[str, Any]:
    """What is kept; nothing where it cannot be read."""
    try:
        found = json.loads(file(home).read_bytes())
        return found if isinstance(found, dict) else {}
    except (OSError, ValueError):
        return {}


def file(home: Home) -> Path:
    """Where it is kept."""
    return home.logs / NAME


def now() -> str:
    """The moment in UTC, as the log writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _show(home: Home, facts: Mapping[str, Any]) -> None:
    """Let the page before people say how the last night ended; one that cannot be written waits
    for the next."""
    if facts["status"] in (*WELL, FAILED) and manifest.read(home.current.parent):
        with suppress(OSError):
            why = shortened(str(facts.get("message", "")))
            shown.show(home, shown.Ended(datetime.now(UTC), facts["status"], why))


def _write(home: Home, status: Mapping[str, Any]) -> None:
    """A status that cannot be written is told, and no reason to stop; why a night failed is told
    alone."""
    content = f"{json.dumps(status, indent=1, default=str, ensure_ascii=False)}\n".encode()
    try:
        home.logs.mkdir(mode=0o755, parents=True, exist_ok=True)
        disk.write(file(home), content)
    except OSError as error:
        if status["last_attempt"].get("status") != FAILED:
            log.warn(f"{file(home)} is not written: {error.strerror}")
