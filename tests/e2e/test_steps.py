"""A change does again the steps that it can change, and no others: read from the log's steps."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROGRAM = ("src", "sql", "expectations", "flows")


class Copied:
    """A copy of the program that a test may change, and a home that it runs nights in."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.folder, self.home = folder, home
        for name in PROGRAM:
            shutil.copytree(
                CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def night(self) -> tuple[str, list[str]]:
        """Whether it published, and the steps that the log of this night tells as done."""
        log = self.home / "logs" / "nightly.jsonl"
        before = log.read_text(encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "pv.cli", "run", "--home", str(self.home), "--json"],
            capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(self.folder / "src"),
                 "POOLVIGIL_LOT_KEY": "a key for tests", "POOLVIGIL_THREADS": "2"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        summary = json.loads(done.stdout.splitlines()[-1])
        said = log.read_text(encoding="utf-8").removeprefix(before).splitlines()
        steps = [line["step"] for line in map(json.loads, said) if "step" in line]
        assert steps == list(summary["steps"])
        return summary["status"], steps


@pytest.fixture
def program(tmp_path: Path, copied, after_one_night: Path) -> Copied:
    return Copied(tmp_path / "program", copied(after_one_night))


def test_a_changed_template_makes_the_page_anew_and_a_changed_rule_no_case(
    world, program: Copied
) -> None:
    home, page = program.home, program.home / "reports" / "latest.html"
    first = world.read(world.current(home))
    folders = sorted(p.name for p in (home / "published").iterdir())

    program.change("src/pv/report/templates/report.html", "</body>", "<p>Changed.</p></body>")
    assert program.night() == ("published", ["load", "check", "report", "publish"])
    assert "<p>Changed.</p>" in page.read_text(encoding="utf-8")
    assert world.read(world.current(home)) == first
    assert sorted(p.name for p in (home / "published").iterdir()) == folders
    assert program.night() == ("unchanged", ["load", "check"])

    program.change("src/pv/spec/rules/default.toml", "n_min = 3", "n_min = 6")
    after = ["signals", "snapshot", "report", "publish"]
    assert program.night() == ("published", ["load", "check", *after])
    asked = "select rules ->> 'n_min', spec ->> '$.rule.n_min' from ops.run"
    assert world.query(home, asked) == [("6", "6")]
