"""One whole night over a million simulated cases: wall time, memory, and the time of each step.

    python benchmarks/night.py [--cases 1000000] [--home DIR]

Writes the benchmark inbox unless DIR holds one of that size already, runs `poolvigil run` on it as
a child process, and prints a table. A home that has seen the night before skips what is done, so
give a fresh one to measure the first night.
"""

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

COUNTRIES = 60
SEED = 1


def main() -> int:
    """Run the benchmark; the exit code is that of the night."""
    parser = argparse.ArgumentParser(description="One whole night over simulated FAERS cases.")
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--home", type=Path, default=Path("benchmark-home"))
    options = parser.parse_args()

    prepare(options.home, options.cases)
    command = [Path(sys.executable).with_name("poolvigil"), "run", "--home", options.home, "--json"]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as night:
        assert night.stdout is not None
        output = night.stdout.read()
        # wait4 gives the usage of this child and of the children it waited for itself, where
        # getrusage(RUSAGE_CHILDREN) would count the writing of the inbox too.
        _, status, usage = os.wait4(night.pid, 0)
        night.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    # Linux and the BSDs count in KiB, macOS in bytes.
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)

    rows = [
        ("cases", f"{options.cases:,}"),
        ("wall seconds", f"{seconds:.1f}"),
        ("peak RSS, GB *", f"{peak / 1e9:.2f}"),
        ("exit code", str(night.returncode)),
        *((f"  step {name}", f"{took:.1f} s") for name, took in steps(output).items()),
    ]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value:>12}")
    print(
        "* of the largest single process among the night and the children it waited for, not a sum"
    )
    return night.returncode


def prepare(home: Path, cases: int, years: int = 2) -> None:
    """Write the inbox, unless one with as many cases is there (truth.json is written last)."""
    truth = home / "truth.json"
    if truth.is_file():
        known = json.loads(truth.read_text(encoding="utf-8"))
        if known["cases"] + known["deleted"] == cases:
            return
        raise SystemExit(f"{home} holds an inbox of another size: give another --home")
    # In a process of its own: a child starts with the peak of the parent that starts it, so this
    # one has to stay small.
    started = time.perf_counter()
    writer = multiprocessing.get_context("spawn").Process(target=write, args=(home, cases, years))
    writer.start()
    writer.join()
    if writer.exitcode:
        raise SystemExit(f"the inbox could not be written (exit code {writer.exitcode})")
    print(f"wrote {cases:,} simulated cases in {time.perf_counter() - started:.1f} s")


def write(home: Path, cases: int, years: int, seed: int = SEED) -> None:
    """Write the benchmark inbox."""
    from pv.simulate.scenarios.demo import write_benchmark

    write_benchmark(home / "inbox", cases, COUNTRIES, seed, years)


def steps(output: str) -> dict[str, float]:
    """Seconds by step from the JSON summary, the last line the night prints."""
    lines = output.strip().splitlines()
    try:
        summary = json.loads(lines[-1])
    except (IndexError, json.JSONDecodeError):
        return {}
    found = summary.get("steps", {})
    return {name: float(took) for name, took in found.items()} if isinstance(found, dict) else {}


if __name__ == "__main__":
    raise SystemExit(main())
