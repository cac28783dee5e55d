"""Work relations of raw: one file, as it is written."""

from pv.dictionary.fields.work.raw import BACKGROUND, DASHBOARD, EXPOSURE
from pv.dictionary.tables.making import made


def _cells(names: str) -> str:
    return " ".join(f"{name}_text" for name in names.split())


RAW = (
    made("work.raw_line", "data line of a text file", "line! content fields problem", key="line"),
    made("work.raw_exposure", "line of an exposure file", f"line! {_cells(EXPOSURE)}", key="line"),
    made("work.raw_background", "line of a background file", f"line! {_cells(BACKGROUND)}",
         key="line"),
    made("work.raw_dashboard", "row of a FAERS dashboard workbook", f"line! {_cells(DASHBOARD)}",
         key="line"),
    made("work.raw_problem", "line of a table read in Python that could not be parted",
         "line! reason!", key="line"),
)  # fmt: skip
