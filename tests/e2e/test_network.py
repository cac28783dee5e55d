"""A night needs no network: it opens no socket, and runs where not even the loopback is up."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Of an address family that could reach another process by a network.
NO_SOCKETS = """
import sys

def hook(event, args):
    if event == "socket.__new__" and args[1] != 1 or event == "socket.getaddrinfo":
        raise AssertionError(f"{event}{args}")

sys.addaudithook(hook)
from pv import cli
cli.main()
"""
NAMESPACE = ["unshare", "--net", "--map-root-user", "--"]


def without_network() -> list[str]:
    """What to put before a command so that it has no network; nothing where the kernel forbids."""
    allowed = (
        shutil.which("unshare")
        and subprocess.run([*NAMESPACE, "true"], capture_output=True, check=False).returncode == 0
    )
    return NAMESPACE if allowed else []


def test_a_replay_and_its_night_open_no_socket_and_need_no_loopback(world, tmp_path: Path) -> None:
    world.add_first(tmp_path)

    done = subprocess.run(
        [*without_network(), sys.executable, "-c", NO_SOCKETS, "replay", "--home", str(tmp_path),
         "--from", "2024-01", "--to", "2024-02", "--json"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2"},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["status"] == "published"


def test_the_hook_sees_a_socket() -> None:
    tried = NO_SOCKETS.partition("from pv")[0] + "import socket; socket.socket()"

    done = subprocess.run([sys.executable, "-c", tried], capture_output=True, check=False)

    assert b"AssertionError: socket.__new__" in done.stderr
