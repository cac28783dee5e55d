"""How fast files are read into raw tables, and what memory their reader takes.

    python benchmarks/sources.py MESSAGE.xml [--megabytes 200] [--folder /tmp]

MESSAGE.xml is a batch of E2B(R3). Its messages are repeated under numbers of their own until the
file has so many MB; the file is read in a process of its own as a night reads it, by the source's
reader into `work.raw_icsr_*`, and is removed.

Prints messages, seconds of CPU, messages a second and core, and the peak memory of the reader.
"""

import argparse
import multiprocessing
import re
import resource
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

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


def read(file: Path, folder: Path, answers: multiprocessing.Queue) -> None:
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
    answers.put((reading.rows_read, drugs[0] if drugs else 0, seconds, peak))


def main() -> None:
    """Make the file, read it, print one line."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("message", type=Path)
    asked.add_argument("--megabytes", type=int, default=200)
    asked.add_argument("--folder", type=Path)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        file = folder / "batch.xml"
        written = repeated(options.message, file, options.megabytes << 20)
        size = file.stat().st_size / (1 << 20)
        context = multiprocessing.get_context("spawn")
        answers = context.Queue()
        child = context.Process(target=read, args=(file, folder, answers))
        child.start()
        messages, drugs, seconds, peak = answers.get()
        child.join()
    assert messages == written
    print(
        f"{size:,.0f} MB: {messages:,} messages, {drugs:,} drugs, {seconds:.1f} s of CPU, "
        f"{messages / seconds:,.0f} messages a second and core, peak {peak:,.0f} MB"
    )


if __name__ == "__main__":
    main()
