"""A night tells how it ended: to a hook, to who asks its status, and as JSON."""

import json
import subprocess
import sys
from pathlib import Path


def test_a_night_that_fails_and_one_that_ends_well_are_told(
    poolvigil, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    told = home / "told.jsonl"
    hook = (
        f"{sys.executable} -c \"import sys; open('{told}', 'a').write(sys.stdin.read() + '\\n')\""
    )
    asked = type(poolvigil)(POOLVIGIL_ON_FAILURE=hook, POOLVIGIL_ON_SUCCESS=hook)
    (home / "poolvigil.toml").write_text("keep_snapshot = 3\n")

    page = home / "reports" / "latest.html"
    failed = asked.run(home)
    assert "The last night failed" in page.read_text("utf-8")
    ill = asked("status", "--home", str(home))
    (home / "poolvigil.toml").unlink()
    ended = asked.run(home)
    assert "Last night ended" in page.read_text("utf-8")
    well = asked("status", "--home", str(home))

    assert "did you mean keep_snapshots?" in failed.failure["message"]
    assert (ill.code, well.code) == (8, 0)
    assert json.loads(ill.out)["wrong"] == [
        f"the last attempt failed (2): {failed.failure['message']}"
    ]
    assert json.loads(well.out)["last_success"]["run_id"] == ended.summary["run_id"]
    first, second = map(json.loads, told.read_text().splitlines())
    assert (first["status"], first["message"]) == ("failed", failed.failure["message"])
    assert (second["status"], second["exit_code"]) == ("unchanged", 0)
    assert second["run_id"] == ended.summary["run_id"]


# An idle night, and which of the heavy libraries it has imported.
IDLE = """
import sys
from pv import cli
try:
    cli.main()
finally:
    heavy = {"prefect", "great_expectations", "sqlalchemy", "splink", "matplotlib", "jinja2"}
    print(sorted(heavy & sys.modules.keys()))
"""


def test_an_idle_night_loads_none_of_the_heavy_libraries(
    poolvigil, after_one_night: Path, copied
) -> None:
    """It looks first: nothing new, so nothing to check, compute or draw."""
    home = copied(after_one_night)
    done = subprocess.run(
        [sys.executable, "-c", IDLE, "run", "--home", str(home)],
        env=poolvigil.environment, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.splitlines()[-1] == "[]"
    assert "unchanged: " in done.stderr
