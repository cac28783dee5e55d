"""Reads text tables: a line a row, its fields parted by a delimiter, quoted or not.

The text is cleaned as a stream; DuckDB then takes whole lines, so that a line keeps its number
and a broken one breaks nothing but itself.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pv.errors import FileProblemError
from pv.sources.folded import fold
from pv.sources.layout import Layout, find_columns
from pv.sources.model import Intake, Reading
from pv.sources.textfile import normalise
from pv.warehouse.relations import run


def read(
    intake: Intake,
    *,
    layout: Layout,
    stages: Sequence[str],
    params: dict[str, Any],
    latest_receipt: date | None,
) -> Reading:
    """The lines into work.raw_line; a line whose fields do not fit is for the quarantine.

    The header is not a row, nor is a line with nothing but blanks and at most one `$`. `stages` are
    the SQL files of the table, `params` what they need beside the columns; `latest_receipt` is that
    of the delivery, that of an issue its day.

    Raises:
        FileProblemError: the file is empty, or its header is not that of the table.
    """
    text = intake.scratch / "clean.txt"
    with intake.open() as stream:
        facts = normalise(stream, text, layout.encoding, tabs=layout.delimiter == "\t")
    if layout.begins:
        text = fold(text, facts, layout.begins)
    if facts.lines == facts.blank:
        raise FileProblemError(
            "empty_file", "there is no line in it", "ask the sender for it again"
        )
    columns = find_columns(layout, facts.head)
    header_lines = int(layout.header)
    given = {
        **intake.params,
        **params,
        **columns.params(),
        "path": str(text),
        "header_lines": header_lines,
        "delimiter": layout.delimiter,
        "quoted": layout.quoted,
    }
    run(intake.con, "raw/raw_line", given)
    return Reading(
        facts.lines - facts.blank - header_lines,
        ("raw/line_quarantine", *stages),
        given,
        (*facts.notes(), *columns.notes),
        latest_receipt=latest_receipt or intake.params.get("issued_on"),
    )
