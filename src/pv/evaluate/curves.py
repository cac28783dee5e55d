"""The curves of an evaluation: share of replicates with a signal against time, as SVG."""

import io
from pathlib import Path

import numpy as np

from pv.evaluate import detection
from pv.evaluate.replicates import Replicates
from pv.simulate.scenarios.rate_scenario import DAYS_A_YEAR
from pv.simulate.world.catalogue import COUNTRIES

WIDTH_INCHES, HEIGHT_INCHES = 7.2, 4.2
POINTS = 481
# More countries than these are drawn, but only the largest are named.
NAMED_COUNTRIES = 4
INK, ACCENT, MUTED = "#1b1f24", "#0b3d66", "#8a93a0"
DASHES = ("--", "-.", ":", (0, (1, 3)))


def draw(found: Replicates, title: str, path: Path) -> Path:
    """Write the curves of the pool, of the best single country and of each country.

    The same detections give the same bytes. Lines are told apart by width and dashes, so that
    greyscale is enough.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    scenario = found.scenario
    times = np.linspace(0, scenario.end_year, POINTS)
    pool, each = detection.curves(found, times)
    # fmin leaves a replicate without any country's signal at nan, which is never by a time.
    best = (np.fmin.reduce(found.country_day, axis=1) <= times[:, None] * DAYS_A_YEAR).mean(axis=1)
    with mpl.rc_context({"svg.hashsalt": "poolvigil", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(WIDTH_INCHES, HEIGHT_INCHES), layout="constrained")
        axes = figure.subplots()
        axes.plot(times, 100 * pool, color=ACCENT, linewidth=2.4, label="pool")
        axes.plot(times, 100 * best, color=INK, linewidth=1.6, label="best single country")
        for k, name in enumerate(COUNTRIES[: scenario.countries]):
            named = k < NAMED_COUNTRIES
            axes.plot(
                times, 100 * each[:, k],
                color=MUTED, linewidth=1.1 if named else 0.5,
                linestyle=DASHES[k] if named else "-",
                label=name if named else "_nolegend_",
            )  # fmt: skip
        axes.set(
            xlabel="Years since first treatment",
            ylabel=f"Share of {found.pooled_day.size:,} replicates with a signal (%)",
            xlim=(0, scenario.end_year), ylim=(0, 100), title=f"{title} (simulated)",
        )  # fmt: skip
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="upper left")
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": "poolvigil"})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(target.getvalue(), encoding="utf-8")
    return path
