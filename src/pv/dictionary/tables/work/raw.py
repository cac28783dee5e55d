"""Work relations of raw: one file, as it is written."""

from pv.dictionary.fields.work.raw import (
    BACKGROUND,
    DAEN,
    DASHBOARD,
    EXPOSURE,
    ICSR,
    ICSR_DOSE,
    ICSR_DRUG,
    ICSR_EVENT,
    ICSR_INDICATION,
    ICSR_LINK,
    ICSR_PROBLEM,
)
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
    made("work.raw_daen", "row of a DAEN list", f"line! {_cells(DAEN)}", key="line"),
    made("work.raw_problem", "line of a table read in Python that could not be parted",
         "line! reason!", key="line"),
    made("work.raw_icsr_report", "individual case safety report, and the line where it begins",
         f"line! {_cells(ICSR)}", key="line"),
    made("work.raw_icsr_event", "reaction of a report",
         f"line! event_seq! {_cells(ICSR_EVENT)}", key="line event_seq"),
    made("work.raw_icsr_drug", "drug of a report",
         f"line! drug_seq! {_cells(ICSR_DRUG)}", key="line drug_seq"),
    made("work.raw_icsr_dose", "administration of a drug of a report",
         f"line! drug_seq! {_cells(ICSR_DOSE)}"),
    made("work.raw_icsr_indication", "indication of a drug of a report",
         f"line! drug_seq! {_cells(ICSR_INDICATION)}"),
    made("work.raw_icsr_link", "id that a report names beside its own",
         f"line! link_type! {_cells(ICSR_LINK)}"),
    made("work.raw_icsr_problem", "report that is set aside whole",
         f"line! rule! reason! {_cells(ICSR_PROBLEM)}", key="line"),
)  # fmt: skip
