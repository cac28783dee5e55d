"""What DuckDB alone takes for the FAERS files of a home: one scan of all, and one count of pairs.

    python benchmarks/floor.py HOME

Unpacks every zip of HOME/inbox/faers, reads each table once as text (a bare scan), and counts the
reports of every pair of drug and reaction as they are written (one join and one group by). No
night can be quicker: it reads the same bytes, and counts more than once. Prints seconds.
"""

import argparse
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb

TABLES = ("DEMO", "DRUG", "REAC", "OUTC", "RPSR", "THER", "INDI")
PAIRS = """
create or replace table pair as
select d.drugname, r.pt, count(distinct d.primaryid) as reports
from drug d
join reac r using (primaryid)
group by d.drugname, r.pt
"""


def main() -> int:
    """Print what each took."""
    parser = argparse.ArgumentParser(description="DuckDB's own time for the FAERS files of a home.")
    parser.add_argument("home", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.home, prefix="floor-") as scratch:
        folder = Path(scratch)
        unpacked = timed("unpack", lambda: unpack(options.home, folder))
        with duckdb.connect(str(folder / "floor.duckdb")) as con:
            con.execute("set threads = $threads", {"threads": options.threads})
            scanned = timed("scan", lambda: scan(con, folder))
            counted = timed("count pairs", lambda: con.execute(PAIRS))
            (reports,) = con.execute("select count(*) from demo").fetchone() or (0,)
    print(f"{'together':<12} {unpacked + scanned + counted:8.1f} s of {reports:,} reports")
    return 0


def timed(name: str, done: Callable[[], object]) -> float:
    """Seconds that it took; they are printed."""
    started = time.perf_counter()
    done()
    seconds = time.perf_counter() - started
    print(f"{name:<12} {seconds:8.1f} s")
    return seconds


def unpack(home: Path, folder: Path) -> None:
    """The tables of every quarter, each in the folder of its name."""
    for file in sorted((home / "inbox" / "faers").glob("*.zip")):
        with zipfile.ZipFile(file) as archive:
            for member in archive.namelist():
                table = Path(member).name[:4].upper()
                if table in TABLES:
                    target = folder / table / Path(member).name
                    target.parent.mkdir(exist_ok=True)
                    target.write_bytes(archive.read(member))


def scan(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Every table as text, by the names of its header."""
    for table in TABLES:
        con.execute(
            f"create table {table} as from read_csv('{folder}/{table}/*.txt', delim = '$', "
            "header = true, all_varchar = true, quote = '', escape = '', union_by_name = true, "
            "null_padding = true, strict_mode = false)"
        )


if __name__ == "__main__":
    raise SystemExit(main())
