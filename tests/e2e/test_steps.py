"""A change does again the steps that it can change, and no others: read from the log's steps."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pv.night import code
from pv.night.shown import is_way_in
from pv.spec.duplicates import MEASURED
from pv.warehouse import manifest

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
                 "POOLVIGIL_LOT_KEY": "a key for the tests", "POOLVIGIL_THREADS": "2"},
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
    (run_id,) = {p.name for p in (home / "published").iterdir()} - {"current"}
    page_before = page.read_bytes()

    program.change("src/pv/report/templates/base.html", "</body>", "<p>Changed.</p></body>")
    assert program.night() == ("published", ["load", "check", "report", "publish"])
    assert "<p>Changed.</p>" in page.read_text(encoding="utf-8")
    assert world.read(world.current(home)) == first
    # The same run, whole, in a folder of its own: the one before is as it was published.
    assert (home / "published" / "current").readlink() == Path(f"{run_id}.2")
    index = (home / "published" / run_id / "report" / "index.html").read_bytes()
    assert is_way_in(page_before, index, run_id)
    for name in (run_id, f"{run_id}.2"):
        assert manifest.problems(home / "published" / name) == []
    assert program.night() == ("unchanged", ["load", "check"])

    program.change("src/pv/spec/rules/default.toml", "n_min = 3", "n_min = 6")
    after = ["signals", "snapshot", "report", "publish"]
    assert program.night() == ("published", ["load", "check", *after])
    asked = "select rules ->> 'n_min', spec ->> '$.rule.n_min' from ops.run"
    assert world.query(home, asked) == [("6", "6")]


# Does the steps of a night without Prefect and prints for each the files of the program that it
# opened and the modules that it was the first to import.
TRACED = """
import json, sys
from datetime import date
from pathlib import Path

from pv import resources
from pv.night import code, planning, spec, steps
from pv.settings import Home

opened, reached = set(), []
sys.addaudithook(lambda event, args: opened.add(str(args[0])) if event == "open" else None)
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
sys.addaudithook(lambda event, args: reached.append(str(args)) if event in NETWORK else None)
places = {"": resources.root() / "sql", "-": resources.root() / "expectations", "pv": code.PACKAGE}


def traced(step, work):
    before = set(sys.modules)
    opened.clear()
    result = work()
    files = [Path(name) for name in opened if not name.endswith((".py", ".pyc"))]
    inside = [str(f) for f in files if any(f.is_relative_to(p) for p in places.values())]
    modules = [name for name in set(sys.modules) - before if name.partition(".")[0] == "pv"]
    print(json.dumps({"step": step, "files": inside, "modules": modules, "reached": reached}))
    return result


home = Home(Path(sys.argv[1]))
asked = spec.of(home, None)
traced("cases", lambda: steps.load(home))
traced("cases", lambda: steps.check(home))
run = planning.plan(home, asked, None)
traced("cases", lambda: steps.build_cases(home, run.as_of, run.cases, asked))
looks = planning.plan_replay(home, asked, (date(2024, 2, 1), date(2024, 2, 29)), 1)
traced("signals", lambda: steps.replay(home, looks, asked))
traced("cases", lambda: steps.build_cases(home, run.as_of, run.cases, asked))
traced("signals", lambda: steps.judge(home, run, asked))
folder = traced("snapshot", lambda: steps.build_snapshot(home, run, asked))
traced("report", lambda: steps.write_report(home, folder, run.report))
"""


def test_what_a_step_opens_and_imports_is_in_its_fingerprint(world, tmp_path: Path) -> None:
    world.add_first(tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", TRACED, str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    strangers: set[str] = set()
    seen: dict[str, set[Path]] = {step: set() for step in code.STEPS}
    for line in map(json.loads, done.stdout.splitlines()):
        files = {Path(name) for name in line["files"]}
        # An audit refuses a result and changes none; the fingerprint has the rows of what was
        # measured, not its file.
        files = {f for f in files if f.parent != CHECKOUT / "sql" / "audit"} - {MEASURED}
        known = set(code.files(line["step"]).values())
        strangers |= {str(file) for file in files - known}
        strangers |= set(line["modules"]) - code.modules(line["step"])
        seen[line["step"]] |= files
        # Neither Great Expectations nor Splink calls home.
        assert line["reached"] == []
    assert strangers == set()
    assert [len(files) > 3 for files in seen.values()] == [True] * 4
