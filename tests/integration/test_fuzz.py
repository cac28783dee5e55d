"""The fuzz command: a short run of it, and what it promises of its mutations."""

import importlib.util
import subprocess
import sys
from pathlib import Path

FUZZ = Path(__file__).parents[2] / "benchmarks" / "fuzz.py"


def test_mutated_files_crash_nothing_and_every_row_is_accounted_for() -> None:
    done = subprocess.run(
        [sys.executable, str(FUZZ), "--mutations", "30", "--seed", "7"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = dict(line.split(maxsplit=1) for line in done.stdout.splitlines())
    assert (told["mutations"], told["failures"]) == ("30", "0")
    # The mutations are felt: some rows are set aside, and some files fail.
    assert "'failed'" in told["files"]
    assert " 0 set aside" not in told["rows"]


def test_a_mutation_can_be_repeated_by_seed_and_number() -> None:
    spec = importlib.util.spec_from_file_location("fuzz", FUZZ)
    assert spec and spec.loader
    fuzz = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = fuzz
    spec.loader.exec_module(fuzz)
    for number in range(40):
        assert fuzz.mutation(3, number) == fuzz.mutation(3, number)
    made = {str(fuzz.mutation(3, number).files) for number in range(40)}
    assert len(made) == 40
    assert fuzz.mutation(4, 0) != fuzz.mutation(3, 0)
