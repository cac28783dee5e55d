"""How long the pages of a night with many headlines take to write and to load, and how large.

    python benchmarks/site.py HOME [--headlines 2000] [--loads 5]

Takes a copy of the snapshot of a home (the demonstration will do), makes every pair of an advanced
therapy a headline, and of other medicines as many as are missing, with the cases they have: of ten
four are signals, three are watched, two are listed and one is set aside. The largest page of each
kind is then opened in Chromium (where Playwright and Chromium are there), in a fresh context each
time: until the first picture of it is drawn, and how much of that is layout, style and script.
"""

import argparse
import os
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from pv import report

_FLAG = """
update mart.signal s
set verdict = f.spread, headline = true, family = coalesce(family, 'other'),
    atmp_class = if(atmp_class = 'none', 'GTMP', atmp_class), headline_product = s.product,
    headline_event = s.event, headline_event_kind = s.event_kind
from (
    select product, event, event_kind, list_extract(
        ['country_signal', 'watch', 'listed', 'country_unknown', 'watch', 'country_signal',
            'listed', 'country_unknown', 'watch', 'confounded_by_country'],
        1 + (row_number() over (order by product, event, event_kind) % 10)::integer
    ) as spread
    from (
        select product, event, event_kind
        from mart.signal
        order by atmp_class = 'none', verdict = 'not_flagged', n desc, product, event, event_kind
        limit $headlines
    )
) f
where s.product = f.product and s.event = f.event and s.event_kind = f.event_kind
    and coalesce(not s.headline or s.verdict = 'not_flagged' or s.atmp_class = 'none', true)
"""

# Two frames after the page is there, its first picture has been drawn.
_DRAWN = """
() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(
    () => done(performance.now())
)))
"""
_PARTS = ("LayoutDuration", "RecalcStyleDuration", "ScriptDuration")


def main() -> None:
    """Print the seconds, the megabytes, the files, and how long pages take to load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--headlines", type=int, default=2_000)
    parser.add_argument("--loads", type=int, default=5)
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
        print(
            f"{pages:,} headlines: {seconds:.1f} s, {sum(sizes) / 1e6:.0f} MB in {len(sizes):,} "
            f"files, largest {max(sizes) / 1e3:.0f} kB, peak {peak:.0f} MB"
        )
        for line in loaded(folder, asked.loads):
            print(line)


def loaded(folder: Path, loads: int) -> Iterator[str]:
    """A line for the largest page of each kind; none where there is no browser."""
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        yield "no browser: Playwright and Chromium tell how long pages take to load"
        return
    kinds: dict[str, list[Path]] = {}
    for page in folder.rglob("*.html"):
        kinds.setdefault(page.name if page.parent == folder else page.parent.name, []).append(page)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for kind, found in sorted(kinds.items(), key=lambda each: each[0] != "index.html"):
            page = max(found, key=lambda each: each.stat().st_size)
            took = [_load(browser, page) for _ in range(loads)]
            drawn, *parts = (statistics.median(each) for each in zip(*took, strict=True))
            layout, style, script = (part * 1000 for part in parts)
            yield (
                f"{kind:16} {page.stat().st_size / 1e3:6.0f} kB: drawn after {drawn:5.0f} ms "
                f"(worst {max(each[0] for each in took):.0f}; layout {layout:.0f}, "
                f"style {style:.0f}, script {script:.0f}), load {os.getloadavg()[0]:.1f}"
            )
        browser.close()


def _load(browser: Any, page: Path) -> tuple[float, ...]:
    """Milliseconds until a page is drawn, and seconds of each part of the work."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    session = context.new_cdp_session(tab)
    session.send("Performance.enable")
    tab.goto(page.as_uri())
    drawn = tab.evaluate(_DRAWN)
    told = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    context.close()
    return drawn, *(told[part] for part in _PARTS)


if __name__ == "__main__":
    main()
