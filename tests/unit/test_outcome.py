"""How nights ended, who is told of it, and what a look at it says."""

import json
import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from pv.errors import GateError, LockedError
from pv.night import hooks, lock, outcome, start, status
from pv.settings import Home, Settings

WELL = {"status": "published", "run_id": "2024-12-31-0123456789ab", "as_of": "2024-12-31",
        "held": [], "files": {"ok": 3}, "report": "latest.html", "verdicts": {}}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "inbox" / "faers").mkdir(parents=True)
    return Home(tmp_path)


def night(home: Home, ends: dict[str, Any] | Exception) -> None:
    """A night that holds the home and ends so."""
    with outcome.kept(home, "night") as kept:
        with lock.hold(home, "night"):
            kept.begun()
            assert outcome.read(home)["last_attempt"]["status"] == "running"
            if isinstance(ends, Exception):
                raise ends
        kept.ended(**outcome.told(ends))


def failing(home: Home, error: Exception) -> None:
    with pytest.raises(type(error)):
        night(home, error)


def set_hooks(home: Home, **given: str) -> None:
    lines = (f"{name} = {json.dumps(value)}\n" for name, value in given.items())
    (home.root / "poolvigil.toml").write_text("".join(lines))


def into(file: Path) -> str:
    """A command that writes its standard input into a file."""
    return f"{sys.executable} -c \"import sys; open('{file}', 'a').write(sys.stdin.read())\""


def test_the_last_success_stays_when_a_night_fails(home: Home) -> None:
    night(home, WELL)
    failing(home, GateError("suite x, rule y"))

    kept = outcome.read(home)
    assert kept["last_success"]["run_id"] == WELL["run_id"]
    told = {"status": "failed", "exit_code": 3, "error": "GateError", "message": "suite x, rule y"}
    assert {name: kept["last_attempt"][name] for name in told} == told
    assert kept["last_attempt"]["began"] <= kept["last_attempt"]["ended"]
    assert outcome.file(home).stat().st_mode & 0o777 == 0o444


def test_a_defect_is_told_without_a_word_of_it(home: Home) -> None:
    failing(home, ZeroDivisionError("a patient's name"))

    assert "patient" not in outcome.file(home).read_text()
    last = outcome.read(home)["last_attempt"]
    assert (last["exit_code"], last["error"]) == (1, "ZeroDivisionError")


def test_who_finds_the_home_held_leaves_the_others_attempt_and_is_told(home: Home) -> None:
    set_hooks(home, on_failure=into(home.root / "told"))
    with lock.hold(home, "night"):
        other = outcome.Outcome(home, "night")
        other.begun()
        with pytest.raises(LockedError), outcome.kept(home, "night"):
            raise LockedError("another process holds it")

    assert outcome.read(home)["last_attempt"] == other.facts
    assert json.loads((home.root / "told").read_text())["exit_code"] == 4


@pytest.mark.parametrize(
    ("ends", "hook", "code"),
    [(WELL, "on_success", 0), ({**WELL, "held": [{"name": "a.zip"}]}, "on_failure", 6),
     (GateError("rule y"), "on_failure", 3)],
)  # fmt: skip
def test_a_command_is_told_how_a_night_ended(home: Home, ends, hook: str, code: int) -> None:
    files = {name: home.root / name for name in ("on_success", "on_failure")}
    set_hooks(home, **{name: into(file) for name, file in files.items()})

    failing(home, ends) if isinstance(ends, Exception) else night(home, ends)

    told = json.loads(files.pop(hook).read_text())
    assert (told["exit_code"], told["home"]) == (code, str(home.root))
    assert told["ended"] is not None
    assert not any(file.exists() for file in files.values())


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """A server of this machine, and the bodies that were posted to it."""
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(204 if self.path.startswith("/well") else 500)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", got
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_url_is_told_how_a_night_ended(home: Home, listener) -> None:
    url, got = listener
    set_hooks(home, on_failure=f"{url}/well?token=secret")

    failing(home, GateError("rule y"))

    assert [json.loads(body)["message"] for body in got] == ["rule y"]
    assert not (home.logs / "nightly.jsonl").exists()


@pytest.mark.parametrize(
    ("hook", "told"),
    [("/nowhere/at/all --secret", "No such file"), ("false --secret", "exit code 1"),
     ("'open --secret", "No closing quotation"), ("http://127.0.0.1:9/secret", "not reached")],
)  # fmt: skip
def test_a_hook_that_fails_is_a_warning_and_says_no_secret(
    home: Home, hook: str, told: str
) -> None:
    set_hooks(home, on_success=hook)

    night(home, WELL)

    (line,) = (home.logs / "nightly.jsonl").read_text().splitlines()
    assert json.loads(line)["level"] == "warning"
    assert told in line and "secret" not in line
    assert outcome.read(home)["last_success"]["status"] == "published"


def test_a_server_that_answers_no_is_a_warning(home: Home, listener) -> None:
    set_hooks(home, on_success=f"{listener[0]}/ill")

    night(home, WELL)

    assert "the server answered 500" in (home.logs / "nightly.jsonl").read_text()


def test_a_wrong_setting_is_told_by_the_hook_beside_it(home: Home) -> None:
    set_hooks(home, on_failure=into(home.root / "told"), keep_snapshots="many")

    with pytest.raises(Exception, match="keep_snapshots"), outcome.kept(home, "night"):
        Settings.of(home)

    assert "keep_snapshots" in json.loads((home.root / "told").read_text())["message"]


def test_a_hook_of_the_environment_wins(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    set_hooks(home, on_success=into(home.root / "file"))
    monkeypatch.setenv("POOLVIGIL_ON_SUCCESS", into(home.root / "environment"))

    hooks.tell(home, {"exit_code": 0})

    assert (home.root / "environment").exists() and not (home.root / "file").exists()


def look(home: Home, hours: float = 1) -> status.Status:
    """The status of so many hours after now."""
    return status.status(home.root, moment=datetime.now(UTC) + timedelta(hours=hours))


def test_a_home_whose_night_was_yesterday_is_well(home: Home) -> None:
    night(home, WELL)

    found = look(home, 30)

    assert found.wrong == ()
    assert found.age_hours == pytest.approx(30, abs=0.1)
    assert [*found.lines()][-1] == "ok"


def test_a_missing_night_and_a_failed_one_are_wrong(home: Home) -> None:
    assert "no night has ended well yet" in look(home).wrong
    night(home, WELL)
    assert look(home, 37).wrong == (
        "the last success is 37 h old; look why no night has ended well since",
    )
    failing(home, GateError("rule y"))
    assert look(home).wrong == ("the last attempt failed (3): rule y",)


def test_a_night_that_was_killed_is_told(home: Home) -> None:
    night(home, WELL)
    outcome.Outcome(home, "night").begun()

    (wrong,) = look(home).wrong
    assert "was ended from outside" in wrong
    with lock.hold(home, "night"):
        assert look(home).wrong == ()
        assert str(look(home).running).startswith(f"process {os.getpid()} on ")

    outcome.died(home, -9)
    assert look(home).wrong == (
        "the last attempt failed (137): the night was stopped by signal 9; start it again",
    )


def test_a_schedule_that_has_stopped_is_told(home: Home) -> None:
    night(home, WELL)
    outcome.scheduled(home, datetime.now(UTC) + timedelta(hours=2))

    assert look(home, 1).wrong == ()
    (wrong,) = look(home, 3).wrong
    assert "was due at" in wrong and "poolvigil serve" in wrong


def test_the_backlog_is_what_came_since_the_last_success(home: Home) -> None:
    old = home.inbox / "faers" / "old.zip"
    old.write_bytes(b"")
    night(home, WELL)
    kept = outcome.read(home)
    began = datetime.now(UTC) + timedelta(seconds=5)
    kept["last_success"]["began"] = began.strftime("%Y-%m-%dT%H:%M:%SZ")
    outcome.file(home).unlink()
    outcome.file(home).write_text(json.dumps(kept))
    assert look(home).backlog == 0

    kept["last_success"]["began"] = "2024-01-01T00:00:00Z"
    outcome.file(home).write_text(json.dumps(kept))
    os.utime(old, (0, 0))  # as `cp -p` leaves it
    assert (look(home).backlog, look(home, 3).backlog_oldest_hours) == (
        1,
        pytest.approx(3, abs=0.2),
    )


@pytest.mark.parametrize("kept", ["", "[1]", "{}", "nothing"])
def test_a_status_that_cannot_be_read_is_none(home: Home, kept: str) -> None:
    home.logs.mkdir()
    outcome.file(home).write_text(kept)

    assert look(home).last_attempt is None


def test_serve_says_when_the_next_night_is(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    due = datetime.now().astimezone() + timedelta(hours=2)
    monkeypatch.setattr(start.schedule, "next_after", lambda moment, cron: due)
    monkeypatch.setattr(start.time, "sleep", lambda seconds: next(iter(())))
    said: list[str] = []

    with pytest.raises(StopIteration):
        start.serve(home.root, "0 2 * * *", said.append)

    assert said == [f"next night: {due:%Y-%m-%d %H:%M} {due.tzname()}"]
    assert outcome.read(home)["next"] == due.isoformat(timespec="seconds")
