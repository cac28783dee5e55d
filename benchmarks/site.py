"""How long the pages of a night with many headlines take, and how large they are.

    python benchmarks/site.py HOME [--headlines 2000]

Takes a copy of the snapshot of a home (the demonstration will do), makes every pair of an advanced
therapy a headline, and of other medicines as many as are missing, with the cases they have.
"""

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path

import duckdb

from pv import report

_FLAG = """
update mart.signal s
set verdict = 'watch', headline = true, family = coalesce(family, 'other'),
    atmp_class = if(atmp_class = 'none', 'GTMP', atmp_class), headline_product = s.product,
    headline_event = s.event, headline_event_kind = s.event_kind
from (
    select product, event, event_kind
    from mart.signal
    order by atmp_class = 'none', verdict = 'not_flagged', n desc, product, event, event_kind
    limit $headlines
) f
where s.product = f.product and s.event = f.event and s.event_kind = f.event_kind
    and coalesce(not s.headline or s.verdict = 'not_flagged' or s.atmp_class = 'none', true)
"""


def main() -> None:
    """Print the seconds, the megabytes and the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--headlines", type=int, default=2_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(scratch) / "poolvigil.duckdb"
        shutil.copyfile(asked.home / "published" / "current" / "poolvigil.duckdb", database)
        with duckdb.connect(str(database)) as con:
            con.execute(_FLAG, {"headlines": asked.headlines})
        start = time.perf_counter()
        folder = report.write(database, Path(scratch) / "report").parent
        seconds = time.perf_counter() - start
        sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
        pages = len(list((folder / "headline").iterdir()))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        index = (folder / "index.html").stat().st_size
    print(
        f"{pages:,} headlines: {seconds:.1f} s, {sum(sizes) / 1e6:.0f} MB in {len(sizes):,} files, "
        f"index {index / 1e6:.1f} MB, largest {max(sizes) / 1e3:.0f} kB, peak {peak:.0f} MB"
    )


if __name__ == "__main__":
    main()
