"""Our own CSV layouts (docs/sources.md): patients treated, and background rates of events."""

import csv
from functools import partial
from typing import Literal

from pv.errors import FileProblemError
from pv.sources.layout import Layout, name_columns
from pv.sources.model import Intake, Part, Reading, Source
from pv.sources.textfile import BLANK, OVERLONG, normalise

# These tables hold some thousand lines and are read at once.
MAX_BYTES = 64 << 20

_ALIASES = {"source": "reference"}
_EXPOSURE = Layout(
    required=("product", "country", "period_start", "period_end", "reference"),
    optional=("patients", "person_years", "cumulative", "quality"),
    aliases=_ALIASES,
)
_BACKGROUND = Layout(
    required=("event", "country", "reference"),
    optional=(
        "sex", "age_low", "age_high", "rate_per_100k", "rate_low", "rate_high", "events",
        "person_years", "period", "standard",
    ),
    aliases=_ALIASES,
)  # fmt: skip


def recognise(
    name: str, *, label: str, table: str, layout: Layout
) -> Part | Literal["ignored"] | None:
    """Any CSV in the folder; a file is a delivery of its own."""
    if not name.lower().endswith(".csv"):
        return "ignored" if name.lower().endswith((".md", "readme.txt", "readme")) else None
    stage = table.replace(".", "/")
    return Part(name, label, table, partial(read, layout=layout, stage=stage))


def read(intake: Intake, *, layout: Layout, stage: str) -> Reading:
    """The lines into `raw_frame`; a line whose fields do not fit is for the quarantine.

    The header is not a row, nor is a blank line. A cell holds no line break, so that a quote that
    is not closed spoils one line only.

    Raises:
        FileProblemError: the file is empty or far too large, or lacks a required column.
    """
    import polars as pl

    from pv.sources.frame import make_frame, read_frame

    text = intake.scratch / "clean.txt"
    with intake.open() as stream:
        facts = normalise(stream, text)
    if facts.lines == facts.blank:
        raise FileProblemError("empty_file", "there is no line in it", "put the table into it")
    if text.stat().st_size > MAX_BYTES:
        raise FileProblemError(
            "too_large", f"over {MAX_BYTES >> 20} MB", "check that it is the right file"
        )
    header, *lines = text.read_text(encoding="utf-8").split("\n")[:-1]
    written = next(csv.reader([header]))
    names, notes = name_columns(layout, written)
    numbered = [(i, line) for i, line in enumerate(lines, 2) if line != BLANK.decode()]
    parsed = [_fields(line, len(names)) for _, line in numbered]
    columns = [pl.Series([row[i] for row, _ in parsed], dtype=pl.String) for i in range(len(names))]
    frame = make_frame(layout, names, columns).with_columns(
        line=pl.Series([i for i, _ in numbered], dtype=pl.Int64),
        problem=pl.Series([problem for _, problem in parsed], dtype=pl.String),
    )
    return read_frame(intake, frame, [stage], [*facts.notes(), *notes])


def _fields(line: str, width: int) -> tuple[list[str | None], str | None]:
    """The cells of a line, or nulls and what is wrong with it."""
    nothing: list[str | None] = [None] * width
    if line == OVERLONG.decode():
        return nothing, "longer than 1 MB"
    try:
        cells: list[str | None] = list(next(csv.reader([line], strict=True)))
    except csv.Error as error:
        return nothing, f"not CSV: {error}"
    if len(cells) != width:
        return nothing, f"{len(cells)} fields, header has {width}"
    return cells, None


def _source(key: str, table: str, layout: Layout) -> Source:
    return Source(key, partial(recognise, label=key, table=table, layout=layout))


EXPOSURE = _source("exposure", "staging.exposure", _EXPOSURE)
BACKGROUND = _source("background", "staging.background_rate", _BACKGROUND)
