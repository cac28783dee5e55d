"""Background rates of events, in our own layout (docs/sources.md)."""

from functools import partial
from typing import Literal

from pv.sources import csv_table
from pv.sources.layout import Layout
from pv.sources.model import Part, Source

LAYOUT = Layout(
    required=("event", "country", "reference"),
    optional=(
        "sex", "age_low", "age_high", "rate_per_100k", "rate_low", "rate_high", "events",
        "person_years", "period", "standard",
    ),
    aliases={"source": "reference"},
)  # fmt: skip


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any CSV in the folder; a file is a delivery of its own."""
    if not name.lower().endswith(".csv"):
        return "ignored" if name.lower().endswith((".md", "readme.txt", "readme")) else None
    read = partial(
        csv_table.read,
        layout=LAYOUT,
        relation="work.raw_background",
        stage="staging/background_rate",
    )
    return Part(name, "background", "staging.background_rate", read)


SOURCE = Source("background", recognise)
