"""A replay of 60 months beside one plain night, on the same million simulated cases.

    python benchmarks/replay.py [--cases 1000000] [--months 60] [--home DIR]

Writes the benchmark inbox unless DIR holds one of that size already. Two fresh homes share it: in
one `poolvigil run` is timed, in the other `poolvigil replay`, which loads, checks and publishes as
the night does. Prints both and their ratio, and checks that the replay's last month is the night:
every column of the view signal_history, without a tolerance.
"""

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
from night import prepare

LAST_YEAR = 2024


def main() -> int:
    """Run the benchmark; 0 when the replay's last month equals the night."""
    parser = argparse.ArgumentParser(description="A replay beside one plain night.")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=60)
    parser.add_argument("--home", type=Path, default=Path("benchmark-replay"))
    options = parser.parse_args()

    years = -(-options.months // 12)
    prepare(options.home, options.cases, years)
    homes = [options.home / name for name in ("night", "replay")]
    for home in homes:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        (home / "inbox").symlink_to((options.home / "inbox").resolve())
    month = LAST_YEAR * 12 + 12 - options.months
    first = f"{month // 12}-{month % 12 + 1:02}"
    night, told = timed("run", "--home", str(homes[0]))
    replay, told_replay = timed(
        "replay", "--home", str(homes[1]), "--from", first, "--to", f"{LAST_YEAR}-12",
        "--every", "month",
    )  # fmt: skip

    print(f"cases               {options.cases:>10,}")
    print(f"plain night         {night:>10.1f} s  {steps(told['steps'])}")
    print(f"replay              {replay:>10.1f} s  {steps(told_replay['replay']['steps'])};")
    print(f"                                its night: {steps(told_replay['steps'])}")
    print(f"looks               {told_replay['replay']['states']:>10}")
    print(f"replay / night      {replay / night:>10.2f}")
    same = history(homes[0], told["as_of"]) == history(homes[1], told["as_of"])
    print(f"last month == night {same!s:>10}")
    return 0 if same else 1


def timed(*arguments: str) -> tuple[float, dict]:
    """Seconds and summary of one command; its failure is ours."""
    program = Path(sys.executable).with_name("poolvigil")
    started = time.perf_counter()
    done = subprocess.run(
        [program, *arguments, "--json"], stdout=subprocess.PIPE, text=True, check=True
    )
    return time.perf_counter() - started, json.loads(done.stdout.splitlines()[-1])


def steps(seconds: dict[str, float]) -> str:
    """Seconds by step in one line."""
    return ", ".join(f"{name} {took:.1f}" for name, took in seconds.items())


def history(home: Path, as_of: str) -> list[tuple]:
    """The states of one date, by pair; state_no tells only the order of adding."""
    with duckdb.connect(str(home / "published/current/poolvigil.duckdb"), read_only=True) as con:
        return con.execute(
            "select * exclude (state_no) from signal_history where as_of = $as_of order by all",
            {"as_of": as_of},
        ).fetchall()


if __name__ == "__main__":
    raise SystemExit(main())
