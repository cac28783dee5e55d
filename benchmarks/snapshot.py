"""What a published snapshot takes on disk and how fast it answers, with parts and without.

    python benchmarks/snapshot.py HOME [--parts-from 2000000] [--rounds 5] [--tables 15]

Builds the snapshot of the warehouse of a home twice into a scratch folder: as it was before there
were parts (every table in the database and again as Parquet), and with parts. Prints the bytes of
the largest tables in both, and ten queries of an analyst with the best time of some rounds in both.
Then, of each snapshot that the home has published, the bytes and how many of them are its own: not
linked from the one before.
"""

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from pv.warehouse import kit, parts, publish
from pv.warehouse.connect import WRITING

NEVER = 2**62
QUERIES = {
    "signals": "from signals order by rank limit 10",
    "strongest pairs": "select product, event, n, ic025 from pairs order by ic025 desc limit 20",
    "cases by country": "select country, count(*), avg(serious::int) from cases group by all",
    "cases by month": "select date_trunc('month', receipt_date), count(*) from cases group by all",
    "frequent drugs": "select product, count(distinct case_id) as n from case_drugs "
    "group by all order by n desc limit 20",
    "frequent events": "select event, count(*) as n from case_events "
    "group by all order by n desc limit 20",
    "one pair by country": "from pairs_by_country where product = $product and event = $event",
    "line listing": "select c.* from cases c semi join (from case_drugs where product = $product) "
    "using (case_id) semi join (from case_events where event = $event) using (case_id)",
    "subgroup": "from pv_subgroup($product, $event, sex = 'F')",
    "events with a drug": "select e.event, count(*) as n from case_events e semi join "
    "(from case_drugs where product = $product) using (case_id) group by all order by n desc "
    "limit 20",
}


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description="Disk and speed of a snapshot.")
    parser.add_argument("home", type=Path)
    parser.add_argument("--parts-from", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tables", type=int, default=15)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.home) as scratch:
        folders = Path(scratch) / "before" / ".building-1", Path(scratch) / "after" / ".building-1"
        for folder, least in zip(folders, (NEVER, asked.parts_from), strict=True):
            started = time.perf_counter()
            build(asked.home / "work" / "warehouse.duckdb", folder, least)
            if least == NEVER:
                write_parquet(folder)
            took = time.perf_counter() - started
            print(f"{folder.parent.name}: {megabytes(size(folder))} MB, built in {took:.1f} s")
        print_tables(*map(by_table, folders), most=asked.tables)
        print_queries(*folders, rounds=asked.rounds)
    print_nights(asked.home / "published")


def build(warehouse: Path, folder: Path, parts_from: int) -> None:
    """Build a snapshot of a warehouse that no night holds."""
    folder.parent.mkdir(parents=True)
    with duckdb.connect(config=WRITING) as con:
        quoted = str(warehouse).replace("'", "''")
        con.execute(f"attach '{quoted}' as night (read_only)")
        con.execute("use night")
        publish.build(con, folder, folder.with_name("none"), parts_from)


def write_parquet(folder: Path) -> None:
    """Every table once more, as nights wrote them before there were parts."""
    with duckdb.connect(str(folder / publish.DATABASE), read_only=True) as con:
        for table in kit.published_tables():
            target = str(folder / "parquet" / f"{table.qualified}.parquet").replace("'", "''")
            con.execute(f"copy {table.qualified} to '{target}' (format parquet)")


def by_table(folder: Path) -> dict[str, int]:
    """The bytes of each table in the database, in parts and as Parquet, and of what is kept."""
    found: dict[str, int] = {"kept.duckdb": size(folder / "kept.duckdb")}
    with duckdb.connect(str(folder / publish.DATABASE), read_only=True) as con:
        for table in kit.published_tables():
            blocks = con.execute(
                "select count(distinct block_id) * 262144 from pragma_storage_info($table) "
                "where persistent and block_id >= 0",
                {"table": table.qualified},
            ) if not (folder / parts.FOLDER / table.qualified).is_dir() else None  # fmt: skip
            inside = (blocks.fetchone() or (0,))[0] if blocks else 0
            beside = size(folder / "parquet" / f"{table.qualified}.parquet")
            found[table.qualified] = inside + beside + size(folder / parts.FOLDER / table.qualified)
    return found


def size(path: Path) -> int:
    """The bytes of a file or of all below a folder."""
    files = [path] if path.is_file() else path.rglob("*")
    return sum(file.stat().st_size for file in files if file.is_file())


def print_tables(before: dict[str, int], after: dict[str, int], most: int) -> None:
    """The largest tables in MB, before and after."""
    print(f"\n{'MB':<32}{'before':>12}{'after':>12}")
    for name in sorted(before, key=lambda name: -before[name])[:most]:
        print(f"{name:<32}{megabytes(before[name]):>12}{megabytes(after[name]):>12}")


def print_queries(before: Path, after: Path, rounds: int) -> None:
    """The best milliseconds of each query on both, and what the second takes of the first."""
    print(f"\n{'ms':<32}{'before':>12}{'after':>12}{'ratio':>12}")
    with (
        duckdb.connect(str(before / publish.DATABASE), read_only=True) as one,
        duckdb.connect(str(after / publish.DATABASE), read_only=True) as other,
    ):
        product, event = one.execute(
            "select product, event from pairs where event_kind = 'event' "
            "order by n desc, product, event limit 1"
        ).fetchone() or ("", "")
        asked = {"product": product, "event": event}
        for name, query in QUERIES.items():
            given = {key: value for key, value in asked.items() if f"${key}" in query}
            took = [least(con, query, given, rounds) for con in (one, other)]
            times = "".join(f"{1000 * seconds:>12.1f}" for seconds in took)
            print(f"{name:<32}{times}{took[1] / took[0]:>12.2f}")


def least(con: duckdb.DuckDBPyConnection, query: str, given: dict[str, Any], rounds: int) -> float:
    """The least seconds that a query takes."""
    took: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        con.execute(query, given or None).fetchall()
        took.append(time.perf_counter() - started)
    return min(took)


def print_nights(published: Path) -> None:
    """The bytes of each snapshot, and of what is not linked from the one before."""
    print(f"\n{'snapshot, MB':<32}{'all':>12}{'its own':>12}{'share':>12}")
    folders = [p for p in published.glob("[0-9]*") if p.is_dir() and not p.is_symlink()]
    known: set[int] = set()
    for folder in sorted(folders, key=lambda folder: folder.stat().st_mtime_ns):
        files = [file.stat() for file in folder.rglob("*") if file.is_file()]
        every = sum(file.st_size for file in files)
        own = sum(file.st_size for file in files if file.st_ino not in known)
        known = {file.st_ino for file in files}
        print(f"{folder.name:<32}{megabytes(every):>12}{megabytes(own):>12}{own / every:>12.2f}")


def megabytes(of: int) -> str:
    """Bytes as megabytes."""
    return f"{of / 1e6:,.1f}"


if __name__ == "__main__":
    main()
