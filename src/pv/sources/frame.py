"""Small tables that were read in Python: into the database by way of a Parquet file."""

from collections.abc import Sequence

import polars as pl

from pv.sources import sql
from pv.sources.layout import Layout
from pv.sources.model import Intake, Reading


def make_frame(layout: Layout, names: Sequence[str], columns: Sequence[pl.Series]) -> pl.DataFrame:
    """The layout's columns as text, in its order; those that the file lacks are null."""
    height = len(columns[0]) if columns else 0
    by_name = dict(zip(reversed(names), reversed(columns), strict=True))
    empty = pl.Series([None] * height, dtype=pl.String)
    return pl.DataFrame(
        {name: by_name.get(name, empty) for name in (*layout.required, *layout.optional)}
    )


def read_frame(
    intake: Intake, frame: pl.DataFrame, stages: Sequence[str], notes: Sequence[str]
) -> Reading:
    """The frame into `raw_frame`; rows whose `problem` is not null are for the quarantine.

    `frame` has, beside its columns, `line` and `problem`.
    """
    path = intake.scratch / "frame.parquet"
    frame.write_parquet(path)
    sql.run(intake.con, "raw/frame", {"path": str(path)})
    return Reading(frame.height, ("raw/frame_quarantine", *stages), intake.params, tuple(notes))
