"""Our own CSV layouts (docs/sources.md): patients treated, and background rates of events."""

import csv
from functools import partial
from typing import Literal

import numpy as np

from pv.errors import FileProblemError
from pv.sources.cells import put_cells
from pv.sources.glimpse import columns, with_suffix
from pv.sources.layout import Layout, name_columns
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source
from pv.sources.textfile import BLANK, OVERLONG, normalise
from pv.warehouse.relations import put

# These tables hold some thousand lines and are read at once.
MAX_BYTES = 64 << 20

_ALIASES = {"source": "reference"}
EXPOSURE_LAYOUT = Layout(
    required=("product", "country", "period_start", "period_end", "reference"),
    optional=("patients", "person_years", "cumulative", "quality"),
    aliases=_ALIASES,
)
BACKGROUND_LAYOUT = Layout(
    required=("event", "country", "reference"),
    optional=(
        "sex", "age_low", "age_high", "rate_per_100k", "rate_low", "rate_high", "events",
        "person_years", "period", "standard",
    ),
    aliases=_ALIASES,
)  # fmt: skip


def recognise(
    name: str, *, label: str, table: str, layout: Layout, relation: str
) -> Part | Literal["ignored"] | None:
    """Any CSV in the folder; a file is a delivery of its own."""
    if not name.lower().endswith(".csv"):
        return "ignored" if name.lower().endswith((".md", "readme.txt", "readme")) else None
    stage = table.replace(".", "/")
    return Part(name, label, table, partial(read, layout=layout, relation=relation, stage=stage))


def claim(glimpse: Glimpse, *, layout: Layout, what: str) -> Claim | None:
    """A CSV whose first line has the columns of the table."""
    head = glimpse.heads.get(glimpse.name)
    if head is None:
        return None
    names = {layout.aliases.get(name, name) for name in columns(head, ",")}
    return Claim(with_suffix(glimpse.name, ".csv"), what) if names >= set(layout.required) else None


def read(intake: Intake, *, layout: Layout, relation: str, stage: str) -> Reading:
    """The lines into `relation`; a line whose fields do not fit is for the quarantine.

    The header is not a row, nor is a blank line. A cell holds no line break, so that a quote that
    is not closed spoils one line only.

    Raises:
        FileProblemError: the file is empty or far too large, its header is none, or it lacks a
            required column.
    """
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
    written, unread = _cells(header)
    if unread:
        raise FileProblemError(
            "not_csv", f"the first line is {unread}", "put the names of the columns there"
        )
    if len(written) == 1 and (found := next((c for c in ";\t|" if c in header), None)):
        raise FileProblemError(
            "wrong_delimiter",
            f"the first line is parted by {'a tab' if found == chr(9) else repr(found)}",
            "save it with commas (in Excel: CSV UTF-8, comma delimited)",
        )
    names, notes = name_columns(layout, written)
    numbered = [(i, line) for i, line in enumerate(lines, 2) if line != BLANK.decode()]
    parsed = [(i, *_fields(line, len(names))) for i, line in numbered]
    good = [(i, cells) for i, cells, problem in parsed if not problem]
    columns = [np.array([cells[k] for _, cells in good], dtype=object) for k in range(len(names))]
    line = np.array([i for i, _ in good], dtype=np.int64)
    put_cells(intake.con, relation, layout, dict(zip(names, columns, strict=True)), line)
    bad = [(i, problem) for i, _, problem in parsed if problem]
    put(
        intake.con,
        "work.raw_problem",
        {
            "line": np.array([i for i, _ in bad], dtype=np.int64),
            "reason": np.array([problem for _, problem in bad], dtype=object),
        },
    )
    stages = ("raw/problem_quarantine", stage)
    told = (*facts.notes(), *notes)
    return Reading(len(parsed), stages, intake.params, told, latest_receipt=None)


def _fields(line: str, width: int) -> tuple[list[str], str | None]:
    """The cells of a line, or what is wrong with it."""
    cells, problem = _cells(line)
    if problem:
        return [], problem
    if len(cells) != width:
        return [], f"{len(cells)} fields, header has {width}"
    return cells, None


def _cells(line: str) -> tuple[list[str], str | None]:
    if line == OVERLONG.decode():
        return [], "longer than 1 MB"
    try:
        return next(csv.reader([line], strict=True)), None
    except csv.Error as error:
        # One of a few fixed sentences, which quote nothing: an open quote, a cell far too long.
        return [], f"not CSV: {error}"


def _source(key: str, what: str, table: str, layout: Layout, *, relation: str) -> Source:
    known = partial(recognise, label=key, table=table, layout=layout, relation=relation)
    return Source(key, known, claim=partial(claim, layout=layout, what=what))


EXPOSURE = _source(
    "exposure",
    "patients treated",
    "staging.exposure",
    EXPOSURE_LAYOUT,
    relation="work.raw_exposure",
)
BACKGROUND = _source(
    "background",
    "background rates",
    "staging.background_rate",
    BACKGROUND_LAYOUT,
    relation="work.raw_background",
)
