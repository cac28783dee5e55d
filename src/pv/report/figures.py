"""The forest plot: what each country, each region and the pool see of one pair, as inline SVG."""

import atexit
import io
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pv.report.model import Pair
from pv.report.words import number, whole

MAX_COUNTRIES = 24
WIDTH_INCHES = 7.6
ROW_INCHES = 0.235
TOP_INCHES = 0.42
BOTTOM_INCHES = 0.62
# The plot's place in the width; names and counts stand left of it, the figures right.
LEFT, RIGHT = 0.435, 0.775
# Place in the width, alignment and head of each column of text.
COLUMNS = (
    (0.012, "left", ""),
    (0.335, "right", "Cases"),
    (0.415, "right", "Expected"),
    (0.83, "right", "IC"),
    (0.85, "left", "95% interval"),
)
INK, MUTED, BAND, ACCENT = "#1b1f24", "#5a6370", "#eef1f4", "#0b3d66"

# Marker, filled?, size in points: told apart by shape and fill, so that greyscale is enough.
MARKERS = {
    "country": ("s", False, 5.0),
    "country_flagged": ("s", True, 5.5),
    "stratum": ("o", False, 5.0),
    "region": ("^", False, 5.5),
    "region_flagged": ("^", True, 6.0),
    "pool": ("D", True, 7.0),
    "crude": ("X", False, 6.5),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the plot. `upper` None: the interval's upper limit is not known.

    A line without `ic` is a heading.
    """

    kind: str
    label: str
    n: int = 0
    expected: float = 0.0
    ic: float | None = None
    lower: float = 0.0
    upper: float | None = None


def lines(pair: Pair) -> list[Line]:
    """The lines of a pair's plot from the top: pool, crude, regions, countries with a case.

    At most `MAX_COUNTRIES` countries, those with most cases.
    """
    pooled = pair.pooled
    made = [
        Line("heading", "All countries together"),
        Line("pool", "Pool, stratified by country", pooled.n, pooled.expected, pooled.ic,
             pooled.ic025, pooled.ic975),
        Line("crude", "Crude, to compare only", pooled.n, pooled.crude_expected, pooled.crude_ic,
             pooled.crude_ic025, None),
    ]  # fmt: skip
    if pair.regions:
        made.append(Line("heading", "Regions"))
    made += [
        Line("region_flagged" if r.flagged else "region", r.region, r.n, r.expected, r.ic,
             r.ic025, r.ic975)
        for r in pair.regions
    ]  # fmt: skip
    with_case = [s for s in pair.strata if s.ic is not None][:MAX_COUNTRIES]
    if with_case:
        made.append(Line("heading", "Countries with at least one case"))
    for s in with_case:
        kind = "stratum" if not s.is_country else "country_flagged" if s.flagged else "country"
        made.append(Line(kind, s.name, s.a, s.expected, s.ic, s.ic025 or 0.0, s.ic975))
    return made


def forest(drawn: Sequence[Line], salt: str) -> str:
    """An `<svg>` element of the lines, in their order from the top.

    Text stays text. Labels are data: never read as mathematics, always escaped. The same lines
    and salt give the same bytes; ids in one page do not clash when every figure has its own salt.
    """
    _private_matplotlib_folder()
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    height = TOP_INCHES + BOTTOM_INCHES + ROW_INCHES * len(drawn)
    settings: dict[Any, Any] = {
        "svg.fonttype": "none",
        "svg.hashsalt": f"poolvigil {salt}",
        "font.family": "DejaVu Sans",
        "font.size": 8.5,
        "text.parse_math": False,
        "axes.unicode_minus": True,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=(WIDTH_INCHES, height))
        canvas = FigureCanvasSVG(figure)
        axes = figure.add_axes(
            (LEFT, BOTTOM_INCHES / height, RIGHT - LEFT, ROW_INCHES * len(drawn) / height)
        )
        _axis(axes, drawn)
        _headings(axes, drawn)
        for kind in MARKERS:
            _intervals(axes, drawn, kind)
        _figures(axes, drawn)
        written = io.StringIO()
        canvas.print_svg(written, metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    return _inline(written.getvalue())


def _axis(axes, drawn: Sequence[Line]) -> None:
    """The scale: bits, and below them the same as a multiple of the expected number."""
    lows = [line.lower for line in drawn if line.ic is not None]
    highs = [x for line in drawn for x in (line.ic, line.upper) if x is not None]
    low, high = min([-1.0, *lows]) - 0.3, max([1.0, *highs]) + 0.3
    step = max(1, round((high - low) / 6))
    ticks = [t for t in range(-60, 61) if low <= t <= high and t % step == 0]
    axes.set_xlim(low, high)
    axes.set_ylim(len(drawn) - 0.5, -0.5)
    axes.set_yticks([])
    axes.set_xticks(ticks, [f"{number(t, 0)}\n{_times(t)}" for t in ticks])
    axes.tick_params(axis="x", color=MUTED, labelcolor=INK, length=3, labelsize=7.5)
    axes.set_xlabel("IC in bits; below it, cases against expected", fontsize=7.5, color=MUTED)
    axes.patch.set_visible(False)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.axvline(0, color=INK, linewidth=0.9)


def _times(bits: int) -> str:
    return f"{2**bits}\u00d7" if bits >= 0 else f"1/{2**-bits}\u00d7"


def _headings(axes, drawn: Sequence[Line]) -> None:
    across = axes.get_yaxis_transform()
    places = [place for place, line in enumerate(drawn) if line.ic is None]
    for place in places:
        axes.text(_across(0.0), place, drawn[place].label, transform=across,
                  va="center_baseline", fontweight="bold", color=ACCENT)  # fmt: skip
    axes.hlines([place + 0.5 for place in places], _across(0.0), _across(1.0), transform=across,
                color=MUTED, linewidth=0.5, clip_on=False)  # fmt: skip


def _intervals(axes, drawn: Sequence[Line], kind: str) -> None:
    """Every interval and mark of one kind at once: a few elements instead of many."""
    found = [
        (place, line, line.ic)
        for place, line in enumerate(drawn)
        if line.kind == kind and line.ic is not None
    ]
    if not found:
        return
    marker, filled, size = MARKERS[kind]
    strong = kind == "pool"
    colour = ACCENT if strong else INK
    places = [place for place, _, _ in found]
    if strong:
        axes.axhspan(places[0] - 0.5, places[0] + 0.5, color=BAND, linewidth=0, zorder=0)
    axes.hlines(places, [line.lower for _, line, _ in found],
                [ic if line.upper is None else line.upper for _, line, ic in found],
                color=colour, linewidth=2.0 if strong else 1.1,
                linestyle=(0, (3, 2)) if kind == "crude" else "-")  # fmt: skip
    axes.plot([ic for _, _, ic in found], places, linestyle="none", marker=marker,
              markersize=size, color=colour, markerfacecolor=None if filled else "white",
              markeredgewidth=1.1)  # fmt: skip


def _figures(axes, drawn: Sequence[Line]) -> None:
    """The names and counts left of the plot and the figures right of it, as columns of text."""
    across = axes.get_yaxis_transform()
    for place, line in enumerate(drawn):
        if line.ic is None:
            continue
        limits = (
            f"(lower {number(line.lower)})"
            if line.upper is None
            else f"({number(line.lower)} to {number(line.upper)})"
        )
        columns = (_shortened(line.label), whole(line.n), number(line.expected), number(line.ic),
                   limits)  # fmt: skip
        weight = "bold" if line.kind == "pool" else "normal"
        for text, (x, side, _) in zip(columns, COLUMNS, strict=True):
            axes.text(_across(x), place, text, ha=side, transform=across, va="center_baseline",
                      color=INK, fontweight=weight)  # fmt: skip
    for x, side, head in COLUMNS:
        axes.annotate(head, (_across(x), 1), (0, 10), xycoords="axes fraction", ha=side,
                      textcoords="offset points", fontsize=7.5, color=MUTED)  # fmt: skip


def _across(share: float) -> float:
    """A place in the figure's width in the unit of the axes' width."""
    return (share - LEFT) / (RIGHT - LEFT)


def _shortened(label: str) -> str:
    one_line = " ".join(label.split())
    return one_line if len(one_line) <= 30 else one_line[:29] + "…"


def _inline(document: str) -> str:
    """Matplotlib's SVG file as an element for a page.

    Taken off: the XML header, the style sheet (it would hold for the whole page), the fixed size,
    the ids of groups (`figure_1`, ...), which would repeat from figure to figure, and what each
    text repeats (its font, which the page sets, and a turn by nothing). Text cannot be met by the
    patterns, because its `<` and `>` are escaped.
    """
    svg = document[document.index("<svg") :]
    svg = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", svg, count=1, flags=re.DOTALL)
    svg = re.sub(r'^<svg ([^>]*?) width="[^"]*" height="[^"]*"', r"<svg \1", svg, count=1)
    svg = re.sub(r'(<text style="[^"]*?) font-family: [^;"]*;', r"\1", svg)
    svg = re.sub(r' transform="rotate\(-0 [\d. ]*\)">', ">", svg)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg)
    return re.sub(r"\n\s+", "\n", svg).strip()


def _private_matplotlib_folder() -> None:
    """Keep Matplotlib's cache out of the user's home, unless a folder is set."""
    if "MPLCONFIGDIR" not in os.environ:
        folder = tempfile.mkdtemp(prefix="poolvigil-matplotlib-")
        os.environ["MPLCONFIGDIR"] = folder
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
