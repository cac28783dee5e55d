"""The forest plot: what each country, each region and the pool see of one pair, as inline SVG.

Drawn as text: two thousand of them take a second, where a plotting library takes minutes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pv.report.pairs import Pair
from pv.report.words import number, whole

MAX_COUNTRIES = 24
WIDTH, ROW, TOP, BOTTOM = 760.0, 23.5, 40.0, 60.0
# The plot's place in the width; names and counts stand left of it, the figures right.
LEFT, RIGHT = 330.0, 590.0
# Place in the width, alignment and head of each column of text.
COLUMNS = (
    (9.0, "start", ""),
    (255.0, "end", "Cases"),
    (318.0, "end", "Expected"),
    (631.0, "end", "IC"),
    (646.0, "start", "95% interval"),
)
INK, MUTED, BAND, ACCENT = "#1b1f24", "#5a6370", "#eef1f4", "#0b3d66"

# Marker, filled?, half its size: told apart by shape and fill, so that greyscale is enough.
MARKERS = {
    "country": ("square", False, 3.6),
    "country_flagged": ("square", True, 4.0),
    "stratum": ("circle", False, 3.6),
    "region": ("triangle", False, 4.2),
    "region_flagged": ("triangle", True, 4.6),
    "pool": ("diamond", True, 6.2),
    "crude": ("cross", False, 4.2),
}
_PATHS = {
    "square": "M-1-1H1V1H-1Z",
    "circle": "M-1 0A1 1 0 0 1 1 0A1 1 0 0 1-1 0Z",
    "triangle": "M0-1L1 .8H-1Z",
    "diamond": "M0-1L1 0L0 1L-1 0Z",
    "cross": "M-1-1L1 1M-1 1L1-1",
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


def forest(drawn: Sequence[Line]) -> Markup:
    """An `<svg>` element of the lines, in their order from the top; labels are always escaped."""
    height = TOP + ROW * len(drawn) + BOTTOM
    scale = _Scale.of(drawn)
    inside = [*_axis(scale, height)]
    for place, line in enumerate(drawn):
        y = TOP + ROW * (place + 0.5)
        inside += _heading(line, y) if line.ic is None else _row(line, line.ic, y, scale)
    return Markup(  # noqa: S704  (all text below is escaped where it is made)
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {height:g}" '
        f'font-size="11.5" fill="{INK}">' + "\n".join(inside) + "</svg>"
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """From bits to a place in the width."""

    low: float
    high: float

    @classmethod
    def of(cls, drawn: Sequence[Line]) -> "_Scale":
        lows = [line.lower for line in drawn if line.ic is not None]
        highs = [x for line in drawn for x in (line.ic, line.upper) if x is not None]
        return cls(min([-1.0, *lows]) - 0.3, max([1.0, *highs]) + 0.3)

    def x(self, bits: float) -> float:
        return LEFT + (RIGHT - LEFT) * (bits - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[int]:
        step = max(1, round((self.high - self.low) / 6))
        return [t for t in range(-60, 61) if self.low <= t <= self.high and t % step == 0]


def _text(x: float, y: float, text: str, side: str = "start", more: str = "") -> str:
    anchor = "" if side == "start" else f' text-anchor="{side}"'
    return f'<text x="{x:g}" y="{y + 4:.1f}"{anchor}{more}>{escape(text)}</text>'


def _axis(scale: _Scale, height: float) -> Iterator[str]:
    """The scale: bits, and below them the same as a multiple of the expected number."""
    bottom = height - BOTTOM
    small = f' font-size="10" fill="{MUTED}"'
    yield f'<path d="M{LEFT:g} {bottom:g}H{RIGHT:g}" stroke="{MUTED}"/>'
    zero = scale.x(0)
    yield f'<path d="M{zero:.1f} {TOP:g}V{bottom:g}" stroke="{INK}"/>'
    for tick in scale.ticks:
        x = scale.x(tick)
        yield f'<path d="M{x:.1f} {bottom:g}v4" stroke="{MUTED}"/>'
        yield _text(round(x, 1), bottom + 12, number(tick, 0), "middle", ' font-size="10"')
        yield _text(round(x, 1), bottom + 25, _times(tick), "middle", ' font-size="10"')
    told = "IC in bits; below it, cases against expected"
    yield _text((LEFT + RIGHT) / 2, bottom + 44, told, "middle", small)
    for x, side, head in COLUMNS:
        if head:
            yield _text(x, TOP - 14, head, side, small)


def _times(bits: int) -> str:
    return f"{2**bits}\u00d7" if bits >= 0 else f"1/{2**-bits}\u00d7"


def _heading(line: Line, y: float) -> Iterator[str]:
    yield _text(COLUMNS[0][0], y, line.label, more=f' font-weight="bold" fill="{ACCENT}"')
    yield f'<path d="M9 {y + ROW / 2:g}H{WIDTH - 9:g}" stroke="{MUTED}" stroke-width=".6"/>'


def _row(line: Line, ic: float, y: float, scale: _Scale) -> Iterator[str]:
    """Name and counts, interval and mark, and the figures."""
    shape, filled, size = MARKERS[line.kind]
    strong = line.kind == "pool"
    colour = ACCENT if strong else INK
    if strong:
        yield f'<path d="M{LEFT:g} {y - ROW / 2:g}H{RIGHT:g}v{ROW:g}H{LEFT:g}Z" fill="{BAND}"/>'
    end = ic if line.upper is None else line.upper
    dashes = ' stroke-dasharray="4 3"' if line.kind == "crude" else ""
    yield (
        f'<path d="M{scale.x(line.lower):.1f} {y:g}H{scale.x(end):.1f}" stroke="{colour}" '
        f'stroke-width="{2.4 if strong else 1.4}"{dashes}/>'
    )
    yield (
        f'<path d="{_PATHS[shape]}" transform="translate({scale.x(ic):.1f} {y:g}) scale({size:g})" '
        f'fill="{colour if filled else "white"}" stroke="{colour}" '
        f'stroke-width="{1.4 / size:.2f}"/>'
    )
    limits = (
        f"(lower {number(line.lower)})"
        if line.upper is None
        else f"({number(line.lower)} to {number(line.upper)})"
    )
    columns = (_shortened(line.label), whole(line.n), number(line.expected), number(ic), limits)
    more = ' font-weight="bold"' if strong else ""
    for text, (x, side, _) in zip(columns, COLUMNS, strict=True):
        yield _text(x, y, text, side, more)


def _shortened(label: str) -> str:
    one_line = " ".join(label.split())
    return one_line if len(one_line) <= 30 else one_line[:29] + "…"
