"""On a Prefect server a night is the same night; by the command line there is no Prefect in it."""

import json
import os
import socket
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pv.log import STEPS

TOLD_SECONDS = 600
CHECKOUT = Path(__file__).parents[2]
ENVIRONMENT = {"POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2"}

# What a worker of `deploy/prefect.yaml` does: load the flow by the deployment's name, call it.
ON_PREFECT = """
import json, sys
import yaml
from prefect.flows import load_flow_from_entrypoint

with open("deploy/prefect.yaml", encoding="utf-8") as file:
    (deployment,) = yaml.safe_load(file)["deployments"]
print(json.dumps(load_flow_from_entrypoint(deployment["entrypoint"])(sys.argv[1])))
"""

# What docs/operators.md asks for once: a notification block, and the automations with its id. Then
# a night whose rule has a mistake.
TOLD = """
import json, sys
from pathlib import Path
import yaml
from prefect.automations import Automation
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.flows import load_flow_from_entrypoint

home, url = sys.argv[1:]
told = CustomWebhookNotificationBlock(
    name="people", url=url, json_data={"text": "{{subject}}: {{body}}"}
)
block = str(told.save("people"))
for each in yaml.safe_load(Path("deploy/prefect-automations.yaml").read_text())["automations"]:
    for action in each["actions"]:
        action["block_document_id"] = block
    Automation.model_validate(each).create()
(deployment,) = yaml.safe_load(Path("deploy/prefect.yaml").read_text())["deployments"]
state = load_flow_from_entrypoint(deployment["entrypoint"])(home, return_state=True)
print(json.dumps({"state": state.name}))
"""

# The command line where Prefect cannot be imported.
WITHOUT_PREFECT = """
import sys
sys.modules["prefect"] = None
from pv import cli
cli.main()
"""


def python(script: str, *arguments: str, **environment: str) -> dict:
    """The last line that a script prints, read as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
        env={**os.environ, **ENVIRONMENT, **environment},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def asked(api: str, what: str, password: str = "") -> list[dict]:
    """What a Prefect server knows."""
    head = {"Content-Type": "application/json"}
    if password:
        head["Authorization"] = f"Basic {b64encode(password.encode()).decode()}"
    with urlopen(Request(f"{api}/{what}", data=b"{}", headers=head)) as answer:  # noqa: S310
        return json.load(answer)


def test_a_night_on_a_prefect_server_ends_in_the_tables_of_the_plain_night(
    prefect, world, after_one_night: Path, tmp_path: Path
) -> None:
    world.add_first(tmp_path)

    summary = python(ON_PREFECT, str(tmp_path), **prefect.environment)

    assert (summary["status"], list(summary["steps"])) == ("published", list(STEPS))
    assert world.read(world.current(tmp_path)) == world.read(world.current(after_one_night))
    runs = {
        run["id"]: run for run in asked(prefect.api, "flow_runs/filter", prefect.password)
        if run["parameters"]["home"] == str(tmp_path)
    }  # fmt: skip
    assert [run["state_name"] for run in runs.values()] == ["Completed"]
    every = asked(prefect.api, "task_runs/filter", prefect.password)
    tasks = [task for task in every if task["flow_run_id"] in runs]
    assert sorted(t["name"].rpartition("-")[0] for t in tasks) == [
        "build_cases", "build_snapshot", "check", "judge", "load", "plan", "read_decisions",
        "release", "write_report",
    ]  # fmt: skip


def test_a_prefect_server_with_a_password_lets_nobody_else_in(prefect) -> None:
    with pytest.raises(HTTPError, match="401"):
        asked(prefect.api, "flow_runs/filter")
    with pytest.raises(HTTPError, match="401"):
        asked(prefect.api, "flow_runs/filter", "night:guessed")


def test_a_night_that_fails_on_a_prefect_server_tells_a_person(prefect, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "spec").mkdir()
    (tmp_path / "spec" / "rule.toml").write_text("n_mn = 3")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(TOLD_SECONDS)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"

        assert python(TOLD, str(tmp_path), url, **prefect.environment) == {"state": "Failed"}
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as spoken:
            size = next(
                int(line.partition(b":")[2])
                for line in spoken
                if line.lower().startswith(b"content-length")
            )
            while spoken.readline().strip():
                pass
            said = json.loads(spoken.read(size))["text"]
            spoken.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    assert said.startswith("poolvigil needs you: The night ")
    assert " is Failed: " in said
    assert f"{tmp_path}/spec/rule.toml: " in said
    assert "n_mn: there is no such name; did you mean n_min?" in said


def test_a_replay_and_its_night_do_without_prefect(world, tmp_path: Path) -> None:
    world.add_first(tmp_path)

    looks = ("--from", "2024-01", "--to", "2024-02")
    summary = python(WITHOUT_PREFECT, "replay", "--home", str(tmp_path), *looks, "--json")

    assert (summary["status"], summary["replay"]["states"]) == ("published", 2)
