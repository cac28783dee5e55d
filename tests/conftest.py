"""What tests of several kinds share: homes that are made once, and one Prefect server."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from filelock import FileLock
from hypothesis import settings

# Set before NumPy is imported: the tests already run on every core.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{library}_NUM_THREADS", "1")

# `nohup` and the like have a hangup ignored, and a night would inherit it.
signal.signal(signal.SIGHUP, signal.SIG_DFL)

# No test measures time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

START_SECONDS = 600

Once = Callable[[str, Callable[[Path], Any]], tuple[Path, Any]]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """`once(name, make)` lets `make` fill a folder, in one worker only, and gives all of them the
    folder and what `make` returned (through JSON). Nobody may change the folder: copy it."""
    own = tmp_path_factory.getbasetemp()
    root = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "shared"
    root.mkdir(exist_ok=True)

    def made(name: str, make: Callable[[Path], Any]) -> tuple[Path, Any]:
        folder, result = root / name, root / f"{name}.json"
        with FileLock(root / f"{name}.lock"):
            if not result.exists():
                shutil.rmtree(folder, ignore_errors=True)  # of a worker that failed
                folder.mkdir()
                result.write_text(json.dumps(make(folder)), encoding="utf-8")
        return folder, json.loads(result.read_text(encoding="utf-8"))

    return made


@dataclass(frozen=True)
class PrefectServer:
    """A Prefect server that lets in only who knows its password, as docs/operators.md asks for."""

    api: str
    password: str = "night:a password for tests"  # noqa: S105

    @property
    def environment(self) -> dict[str, str]:
        """What a flow needs to be known to the server."""
        return {"PREFECT_API_URL": self.api, "PREFECT_API_AUTH_STRING": self.password}


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefectServer]:
    """A Prefect server, for tests of the flows that are deployed on one."""
    home = tmp_path_factory.mktemp("prefect")
    settings = {
        "PREFECT_HOME": str(home), "PREFECT_UI_ENABLED": "0", "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
    }  # fmt: skip
    with socket.create_server(("127.0.0.1", 0)) as listening:
        # Connections wait in the socket's queue from now on: no port to lose, nothing to poll.
        found = PrefectServer(f"http://127.0.0.1:{listening.getsockname()[1]}/api")
        server = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--factory", "prefect.server.api.server:create_app",
             "--fd", str(listening.fileno()), "--log-level", "error", "--lifespan", "on"],
            env={**os.environ, **settings, "PREFECT_SERVER_API_AUTH_STRING": found.password},
            cwd=home,
            pass_fds=[listening.fileno()],
        )  # fmt: skip
    try:
        with urlopen(f"{found.api}/health", timeout=START_SECONDS):  # noqa: S310 - our own
            yield found
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def demonstration(once: Once) -> tuple[Path, dict[str, Any], str]:
    """The home, the summary and what a person was told, as `make run` does it, in a folder of its
    own and 120 columns wide. Not to be changed."""

    def make(folder: Path) -> tuple[str, str]:
        done = subprocess.run(
            [Path(sys.executable).with_name("poolvigil"), "demo", "--home", "demo-home", "--json"],
            cwd=folder,
            env={**os.environ, "COLUMNS": "120"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1], done.stderr

    folder, (summary, told) = once("demo", make)
    return folder / "demo-home", json.loads(summary), told
