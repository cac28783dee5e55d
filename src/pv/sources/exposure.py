"""Patients treated, in our own layout (docs/sources.md): the denominators of reporting rates."""

from functools import partial
from typing import Literal

from pv.sources import csv_table
from pv.sources.layout import Layout
from pv.sources.model import Part, Source

LAYOUT = Layout(
    required=("product", "country", "period_start", "period_end", "reference"),
    optional=("patients", "person_years", "quality"),
    aliases={"source": "reference"},
)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any CSV in the folder; a file is a delivery of its own."""
    if not name.lower().endswith(".csv"):
        return "ignored" if name.lower().endswith((".md", "readme.txt", "readme")) else None
    read = partial(
        csv_table.read, layout=LAYOUT, relation="work.raw_exposure", stage="staging/exposure"
    )
    return Part(name, "exposure", "staging.exposure", read)


SOURCE = Source("exposure", recognise)
