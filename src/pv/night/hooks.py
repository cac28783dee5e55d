"""Who is told how a night ended: a command or a URL of the settings `on_failure`, `on_success`."""

import json
import os
import shlex
import subprocess
import tomllib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pv import log
from pv.errors import shortened
from pv.settings import Home

SECONDS = 60


def tell(home: Home, facts: Mapping[str, Any]) -> None:
    """Give the facts, as JSON, to what is set for this end: a command's standard input, or a URL.

    `on_success` is told of exit code 0, `on_failure` of every other, also of what is held for a
    person (6). A hook that fails is a warning: the night ended as it did.
    """
    name = "on_failure" if facts["exit_code"] else "on_success"
    target = _given(home, name)
    if target is None:
        return
    body = json.dumps(facts, default=str).encode()
    try:
        _post(target, body) if _is_url(target) else _run(home, target, body)
    except subprocess.TimeoutExpired:
        _warn(home, f"{name} has not ended after {SECONDS} s and was stopped")
    except (OSError, ValueError, RuntimeError) as error:
        # Without the target: a URL or a command may hold a password.
        _warn(home, f"{name} did not work: {shortened(str(error))}; try it by hand")


def _given(home: Home, name: str) -> str | None:
    """What is set, also where another setting is wrong: then just that has to be told."""
    found = os.environ.get(f"POOLVIGIL_{name.upper()}")
    if found is None:
        try:
            found = tomllib.loads((home.root / "poolvigil.toml").read_text("utf-8")).get(name)
        except (OSError, ValueError):
            return None
    return found.strip() or None if isinstance(found, str) else None


def _is_url(target: str) -> bool:
    return urlsplit(target).scheme in ("http", "https")


def _run(home: Home, command: str, body: bytes) -> None:
    done = subprocess.run(  # noqa: S603 - what the operator has set
        shlex.split(command),
        input=body,
        capture_output=True,  # the last line of the output is the night's
        cwd=home.root,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RuntimeError(f"exit code {done.returncode}{': ' + said[0] if said else ''}")


def _post(url: str, body: bytes) -> None:
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    asked = Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        urlopen(asked, timeout=SECONDS).close()  # noqa: S310 - http or https, as set
    except HTTPError as error:
        raise RuntimeError(f"the server answered {error.code} {error.reason}") from error
    except URLError as error:
        raise RuntimeError(f"the server was not reached: {error.reason}") from error


def _warn(home: Home, message: str) -> None:
    try:
        with log.to_file(home.logs):
            log.warn(message)
    except OSError:
        log.warn(message)
