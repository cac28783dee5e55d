"""The timeline of a backtest: pool, first country and regulator of each known pair, as SVG."""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pv.backtest.result import Backtest, Found

WIDTH_INCHES = 7.6
ROW_INCHES, REST_INCHES = 0.22, 1.15
LEFT, RIGHT = 0.33, 0.98
INK, ACCENT, MUTED, BAND = "#1b1f24", "#0b3d66", "#8a93a0", "#eef1f4"
# Marker, filled?, size, colour: told apart by shape and fill, so that greyscale is enough.
MARKS: dict[str, tuple[str, bool, float, str]] = {
    "the pool watches": ("D", False, 5.0, ACCENT),
    "the pool is confirmed": ("D", True, 5.5, ACCENT),
    "the first country flags": ("s", True, 5.0, INK),
    "the regulator": ("|", True, 11.0, INK),
}


def draw(found: Backtest, path: Path) -> Path:
    """Write the timeline of the known pairs, and of the controls that flagged below them.

    A line joins the pool's first date and the first country's: whole where the pool was first.
    The same backtest gives the same bytes. Labels are data: never read as mathematics.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    rows = drawn(found)
    height = REST_INCHES + ROW_INCHES * len(rows)
    settings: dict[Any, Any] = {
        "svg.hashsalt": "poolvigil", "svg.fonttype": "none", "font.size": 8,
        "text.parse_math": False,
    }  # fmt: skip
    with mpl.rc_context(settings):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        top = ROW_INCHES * len(rows) / height
        axes = figure.add_axes((LEFT, 0.75 * (1 - top), RIGHT - LEFT, top))
        _frame(axes, rows, found)
        _joined(axes, rows)
        for name in MARKS:
            _marks(axes, rows, name)
        axes.legend(
            loc="upper center",
            bbox_to_anchor=((0.5 - LEFT) / (RIGHT - LEFT), -0.32 / top / height),
            ncols=len(MARKS), frameon=False, handletextpad=0.3, columnspacing=1.2,
        )  # fmt: skip
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata={"Date": None, "Creator": "poolvigil"})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(target.getvalue(), encoding="utf-8")
    return path


def drawn(found: Backtest) -> list[Found]:
    """The pairs with a line: known ones of which anything is dated, then controls that flagged."""
    known = [each for each in found.of_kind("positive") if each.flagged or each.regulator]
    return known + [each for each in found.of_kind("control", "weak_control") if each.flagged]


def dates(found: Found) -> dict[str, date | None]:
    """The dates of a pair by the marks that show them."""
    seen = found.seen
    return dict(
        zip(MARKS, (seen.watch, seen.confirmed, seen.country, found.regulator), strict=True)
    )


def _frame(axes, rows: Sequence[Found], found: Backtest) -> None:
    """Time across, a pair a row; controls stand on a band."""
    shown = [day for each in rows for day in dates(each).values() if day]
    first, last = min([found.last, *shown]), max([found.last, *shown])
    axes.set_xlim(_year(first) - 0.5, _year(last) + 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [_label(each) for each in rows])
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(axis="x", color=BAND, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.axvline(_year(found.last), color=MUTED, linewidth=0.8, linestyle=":")
    controls = sum(each.known.kind != "positive" for each in rows)
    if controls:
        axes.axhspan(len(rows) - controls - 0.5, len(rows) - 0.5, color=BAND, linewidth=0)


def _joined(axes, rows: Sequence[Found]) -> None:
    for pool_first, style in ((True, "-"), (False, (0, (2, 2)))):
        joined = [
            (place, each.seen.watch, each.seen.country)
            for place, each in enumerate(rows)
            if each.seen.watch and each.seen.country
            and (each.seen.watch < each.seen.country) == pool_first
        ]  # fmt: skip
        axes.hlines([place for place, _, _ in joined], [_year(pool) for _, pool, _ in joined],
                    [_year(country) for _, _, country in joined], color=ACCENT if pool_first
                    else MUTED, linewidth=1.6 if pool_first else 1.0, linestyle=style)  # fmt: skip


def _marks(axes, rows: Sequence[Found], name: str) -> None:
    marker, filled, size, colour = MARKS[name]
    found = [(place, day) for place, each in enumerate(rows) if (day := dates(each)[name])]
    axes.plot([_year(day) for _, day in found], [place for place, _ in found], linestyle="none",
              marker=marker, markersize=size, color=colour, label=name, markeredgewidth=1.3,
              markerfacecolor=None if filled else "white")  # fmt: skip


def _label(found: Found) -> str:
    text = f"{found.product.lower()}, {found.event}"
    return text if len(text) <= 38 else f"{text[:37]}…"


def _year(day: date) -> float:
    """The date as a year and the part of it that has passed."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (date(day.year, 12, 31) - start).days
