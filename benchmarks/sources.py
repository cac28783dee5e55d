"""How fast files are read, and what memory their reader takes.

    python benchmarks/sources.py e2b_r3 MESSAGE.xml [--megabytes 200] [--folder /tmp]
    python benchmarks/sources.py faers [--reports 450000] [--folder /tmp]

MESSAGE.xml is a batch of E2B(R3). Its messages are repeated under numbers of their own until the
file has so many MB; the file is read in a process of its own as a night reads it, by the source's
reader into `work.raw_icsr_*`, and is removed. Prints messages, seconds of CPU, messages a second
and core, and the peak memory of the reader.

`faers` simulates a quarter of so many reports, about 4 drugs and 3 reactions each, and takes its
zip into staging by the load of a night, in a warehouse on disk. Prints rows, seconds on the clock
and of CPU, and the peak memory of the largest process.
"""

import argparse
import multiprocessing
import re
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_CASE_ID = rb'extension="[^"]*(?=" root="2\.16\.840\.1\.113883\.3\.989\.2\.1\.3\.[12]")'
BEGIN, END = b"<PORR_IN049016UV", b"</PORR_IN049016UV>"


def repeated(sample: Path, target: Path, size: int) -> int:
    """Write the messages of a batch again and again up to a size; returns their number."""
    content = sample.read_bytes()
    first, last = content.index(BEGIN), content.rindex(END) + len(END)
    messages = [part + END + b"\n" for part in content[first:last].split(END)[:-1]]
    written = 0
    with target.open("wb") as out:
        out.write(content[:first])
        while out.tell() < size:
            for message in messages:
                # Another case each time: both of its ids end with a number.
                out.write(re.sub(_CASE_ID, rb"\g<0>-%d" % written, message))
                written += 1
        out.write(content[last:])
    return written


def read(file: Path, folder: Path) -> tuple[int, int, float, float]:
    """Read one file as the reader of a night does."""
    import duckdb

    from pv.sources.e2b_r3 import recognise
    from pv.sources.model import Intake, Part

    part = recognise(file.name)
    assert isinstance(part, Part)

    @contextmanager
    def opened():
        with file.open("rb") as stream:
            yield stream

    begin = time.process_time()
    with duckdb.connect(config={"memory_limit": "400MB", "threads": 2}) as con:
        reading = part.read(Intake(con, opened, folder, {}))
        drugs = con.execute("select count(*) from raw_icsr_drug").fetchone()
    seconds = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return reading.rows_read, drugs[0] if drugs else 0, seconds, peak


def quarter(inbox: Path, reports: int) -> None:
    """Write one quarter of FAERS with about so many simulated cases."""
    from pv.simulate.scenarios.demo import simulate, streams
    from pv.simulate.scenarios.planted import build_plan
    from pv.simulate.world.faers_writer import write_quarters
    from pv.simulate.world.quarters import Quarter
    from pv.simulate.world.world import build_world

    rngs = streams(1)
    world = build_world(
        cases=3 * reports, countries=60, substances=3_000, invented_events=1_500, rng=rngs[0]
    )
    # A notice falls into the middle, so that there are three quarters; the last one stays.
    year = (Quarter(2024, 2), Quarter(2024, 3), Quarter(2024, 4))
    made = simulate(world, build_plan(world, rngs[1]), year, rngs[2:]).reports
    write_quarters(made, inbox / "faers")
    for earlier in sorted((inbox / "faers").glob("*.zip"))[:-1]:
        earlier.unlink()


def stage(folder: Path) -> tuple[list[tuple[str, int]], float, float, float]:
    """Take an inbox into staging: rows by table, seconds on the clock and of CPU, peak in MB."""
    from pv.night import steps, writer
    from pv.settings import Home

    home, began = Home(folder), time.perf_counter()
    steps.load(home)
    seconds = time.perf_counter() - began
    with writer.warehouse(home) as con:
        rows = con.execute(
            "select staging_table, sum(rows_kept)::bigint from ops.source_file "
            "where status = 'loaded' group by 1 order by 1"
        ).fetchall()
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(usage.ru_utime + usage.ru_stime for usage in both)
    return rows, seconds, cpu, max(usage.ru_maxrss for usage in both) / 1024


def main() -> None:
    """Make the files, read them, print what it took."""
    asked = argparse.ArgumentParser(description="How fast files are read.")
    parts = asked.add_subparsers(dest="source", required=True)
    messages = parts.add_parser("e2b_r3")
    messages.add_argument("message", type=Path)
    messages.add_argument("--megabytes", type=int, default=200)
    faers = parts.add_parser("faers")
    faers.add_argument("--reports", type=int, default=450_000)
    for part in (messages, faers):
        part.add_argument("--folder", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        if options.source == "faers":
            time_quarter(Path(name), options.reports)
        else:
            time_batch(Path(name), options.message, options.megabytes << 20)


def in_a_process(work: Callable, *given: object) -> Any:
    """What it answers from a process of its own, which begins with little memory."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def time_quarter(folder: Path, reports: int) -> None:
    """Simulate a quarter, take it in, print its figures."""
    in_a_process(quarter, folder / "inbox", reports)
    rows, seconds, cpu, peak = in_a_process(stage, folder)
    for table, number in rows:
        print(f"{table:28} {number:>12,}")
    print(f"{seconds:,.1f} s on the clock, {cpu:,.1f} s of CPU, peak {peak:,.0f} MB")


def time_batch(folder: Path, message: Path, size: int) -> None:
    """Make a batch of messages, read it, print one line."""
    file = folder / "batch.xml"
    written = repeated(message, file, size)
    megabytes = file.stat().st_size / (1 << 20)
    messages, drugs, seconds, peak = in_a_process(read, file, folder)
    assert messages == written
    print(
        f"{megabytes:,.0f} MB: {messages:,} messages, {drugs:,} drugs, {seconds:.1f} s of CPU, "
        f"{messages / seconds:,.0f} messages a second and core, peak {peak:,.0f} MB"
    )


if __name__ == "__main__":
    main()
