"""Reads the first sheet of an Excel workbook as text."""

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from fastexcel import FastExcelError, read_excel
from numpy.typing import NDArray

from pv.errors import FileProblemError
from pv.sources.cells import Text
from pv.sources.container import DAMAGE, check_zip
from pv.sources.model import Intake

# A sheet of the most rows that Excel allows is smaller.
MAX_BYTES = 512 << 20
_BLOCK = 1 << 20
_MEND = "export it again as xlsx"

# Where a workbook says when it was made and saved. The text of a date is looked for, no XML is
# parsed.
_PROPERTIES = "docProps/core.xml"
_MOST_PROPERTIES = 64 << 10
_SAVED = re.compile(rb"<dcterms:(?:created|modified)[^<>]{0,200}>(\d{4}-\d\d-\d\d)T")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of text; `row` are numbers as in Excel, where the header is row 1.

    `saved` is the day on which the workbook says that it was saved.
    """

    header: list[str]
    columns: list[Text]
    row: NDArray[np.int64]
    notes: list[str]
    saved: date | None


def read_sheet(intake: Intake, line_break: str = " ") -> Sheet:
    """The first sheet.

    Rows without any value are left out. Control characters become blanks, line ends in a cell
    `line_break`.

    Raises:
        FileProblemError: it is empty, no workbook, or has no header.
    """
    found = bytearray()
    with intake.open() as stream:
        while block := stream.read(_BLOCK):
            found += block
            if len(found) > MAX_BYTES:
                raise FileProblemError("too_large", f"over {MAX_BYTES >> 20} MB", _MEND)
    if not found:
        raise FileProblemError("empty_file", "0 bytes", _MEND)
    content = bytes(found)
    check_zip(io.BytesIO(content))
    try:
        book = read_excel(content)
        sheet = book.load_sheet(0, header_row=None, dtypes="string")
        table = sheet.to_polars()
    except FastExcelError as error:
        # What the library says may quote the file.
        raise FileProblemError(
            "not_a_workbook", "the reader of workbooks refuses it", _MEND
        ) from error
    if table.height == 0:
        raise FileProblemError("empty_file", "the first sheet is empty", _MEND)
    header = [str(value or "") for value in table.row(0)]
    rows = (
        table[1:]
        .with_columns(
            pl.all()
            .str.replace_all(r"[\x00-\x09\x0b-\x1f\x7f]", " ")
            .str.replace_all("\n", line_break, literal=True)
        )
        .with_row_index("row", offset=2)
        .filter(pl.any_horizontal(pl.exclude("row").str.strip_chars().str.len_bytes() > 0))
    )
    notes = [f"only the first of {len(book.sheet_names)} sheets is read"]
    return Sheet(
        header,
        [column.to_numpy() for column in rows.drop("row").get_columns()],
        rows["row"].cast(pl.Int64).to_numpy(),
        notes if len(book.sheet_names) > 1 else [],
        _saved_on(content),
    )


def _saved_on(content: bytes) -> date | None:
    """The day, in UTC, on which the workbook says that it was saved; None where it says none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(_PROPERTIES) as stream:
            found = _SAVED.findall(stream.read(_MOST_PROPERTIES))
        return max((date.fromisoformat(day.decode()) for day in found), default=None)
    except (*DAMAGE, KeyError):
        return None
