"""Nights over a world of the size of FAERS: time and memory of each step, disk, and their growth.

    python benchmarks/faers_size.py --cases 1000000 [4000000 ...] [--folder DIR] [--write-only]

Writes the inbox of each size (90 quarters of FAERS zips), runs the first night on it as a child
process, and prints a column for each size; between two sizes stands the exponent of growth, 1 where
twice the cases take twice as much. Memory is the sum of the proportional shares of all processes of
the night, looked at twice a second; disk is what the home took at the most. Linux only.
"""

import argparse
import json
import math
import multiprocessing
import re
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

EVERY = 0.5
SEED = 1


@dataclass
class Watch:
    """The most that the processes of a session held, by step of the night, and the disk that went.

    Bytes; `home` is that of the night, whose log tells what it does at the moment.
    """

    session: int
    home: Path
    memory: dict[str, int] = field(default_factory=dict)
    disk: int = 0

    def look(self, free_before: int) -> None:
        """Look once."""
        held = sum(map(share, members(self.session)))
        step = step_of(self.home / "logs" / "nightly.jsonl")
        self.memory[step] = max(self.memory.get(step, 0), held)
        self.disk = max(self.disk, free_before - shutil.disk_usage(self.home).free)


def step_of(log: Path) -> str:
    """The step that a night began last."""
    said = log.read_text("utf-8") if log.is_file() else ""
    begun = re.findall(r'"message": "(\w+) \.\.\."', said)
    return begun[-1] if begun else "start"


def members(session: int) -> list[int]:
    """The processes of a session."""
    found: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            found.append(int(folder.name))
    return found


def share(process: int) -> int:
    """The proportional share of memory of a process, in bytes; 0 of one that has ended."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def main() -> int:
    """Print the table; 0 when every night was published."""
    parser = argparse.ArgumentParser(description="Nights over a world of the size of FAERS.")
    parser.add_argument("--cases", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--folder", type=Path, default=Path("faers-size"))
    parser.add_argument("--write-only", action="store_true", help="write the inboxes and stop")
    options = parser.parse_args()
    columns: list[dict[str, float]] = []
    for cases in options.cases:
        home = options.folder / str(cases)
        prepare(home, cases)
        if not options.write_only:
            columns.append({"cases": cases, **night(home)})
    if columns:
        print_table(columns)
    return 0


def prepare(home: Path, cases: int) -> None:
    """Write the inbox, unless it is there whole."""
    done = home / "written.json"
    if not done.is_file():
        started = time.perf_counter()
        # In a process of its own: a child starts with the peak of the parent that starts it.
        writer = multiprocessing.get_context("spawn").Process(target=write, args=(home, cases))
        writer.start()
        writer.join()
        if writer.exitcode:
            raise SystemExit(f"the inbox could not be written (exit code {writer.exitcode})")
        size = sum(file.stat().st_size for file in (home / "inbox").rglob("*.zip"))
        said = {"seconds": round(time.perf_counter() - started, 1), "bytes": size}
        done.write_text(json.dumps(said), encoding="utf-8")
    said = json.loads(done.read_text(encoding="utf-8"))
    print(
        f"{cases:,} cases: written in {said['seconds']:,} s, {said['bytes'] / 1e9:.2f} GB of zips"
    )


def write(home: Path, cases: int) -> None:
    """Write the inbox of a size."""
    from pv.simulate.scenarios.faers_size import write_faers_size

    write_faers_size(home / "inbox", cases, SEED, lambda said: print(said, file=sys.stderr))


def night(home: Path) -> dict[str, float]:
    """Seconds and gigabytes of the first night, by step."""
    for made in ("work", "published", "reports", "logs"):
        shutil.rmtree(home / made, ignore_errors=True)
    command = [Path(sys.executable).with_name("poolvigil"), "run", "--home", home, "--json"]
    free = shutil.disk_usage(home).free
    started = time.perf_counter()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as running:
        watch = Watch(running.pid, home)
        stop = threading.Event()

        def looking() -> None:
            while not stop.wait(EVERY):
                watch.look(free)

        thread = threading.Thread(target=looking)
        thread.start()
        assert running.stdout is not None
        output = running.stdout.read()
        stop.set()
        thread.join()
    seconds = time.perf_counter() - started
    summary = json.loads(output.strip().splitlines()[-1])
    if running.returncode or summary["status"] != "published":
        raise SystemExit(f"the night of {home} ended with {running.returncode}: {output}")
    snapshot = sum(f.stat().st_size for f in (home / "published").rglob("*") if f.is_file())
    return {
        "night, s": seconds,
        **{f"  {step}, s": float(took) for step, took in summary["steps"].items()},
        "memory, GB": max(watch.memory.values()) / 1e9,
        **{f"  {step}, GB": held / 1e9 for step, held in watch.memory.items()},
        "disk at the most, GB": watch.disk / 1e9,
        "snapshot, GB": snapshot / 1e9,
    }


def print_table(columns: list[dict[str, float]]) -> None:
    """A row for each figure, a column for each size, with the exponents of growth between."""
    for name in columns[-1]:
        cells: list[str] = []
        for before, now in zip([None, *columns], columns, strict=False):
            value = now.get(name, math.nan)
            if before and before.get(name, 0) > 0 and value > 0 and name != "cases":
                times = math.log(value / before[name])
                cells.append(f"^{times / math.log(now['cases'] / before['cases']):.2f}")
            elif before:
                cells.append("")
            cells.append(f"{value:,.0f}" if name == "cases" else f"{value:,.2f}")
        print(f"{name:<22}" + "".join(f"{cell:>12}" for cell in cells))


if __name__ == "__main__":
    raise SystemExit(main())
