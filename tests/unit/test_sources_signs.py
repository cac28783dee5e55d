"""Headers that lie: each swap of neighbouring columns is told, and true headers are believed."""

import itertools
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from pv.errors import FileProblemError
from pv.simulate.world.faers_writer import LAYOUT
from pv.sources import faers_dashboard
from pv.sources.faers import TABLES
from pv.sources.layout import find_columns, name_columns
from pv.sources.signs import ENOUGH, by_column, check

ROWS = 60
AERS = {
    "DEMO": """ISR CASE I_F_COD FOLL_SEQ IMAGE EVENT_DT MFR_DT FDA_DT REPT_COD MFR_NUM MFR_SNDR AGE
        AGE_COD GNDR_COD E_SUB WT WT_COD REPT_DT OCCP_COD DEATH_DT TO_MFR CONFID
        REPORTER_COUNTRY""",
    "DRUG": """ISR DRUG_SEQ ROLE_COD DRUGNAME VAL_VBM ROUTE DOSE_VBM DECHAL RECHAL LOT_NUM EXP_DT
        NDA_NUM""",
}
# In the order of their headers. What no value can tell, and what it does to a result.
NOT_TOLD = {
    # Told by the gate: no table of the delivery finds its reports then.
    ("isr", "case"),
    ("isr", "drug_seq"),
    # Nearly always the same day.
    ("fda_dt", "rept_dt"),
    # A report is placed in the one where the other is lacking.
    ("reporter_country", "occr_country"),
    # The same codes; nothing but the count of rechallenges is made of them.
    ("dechal", "rechal"),
}

Table = tuple[list[str], list[list[str]]]


def day(first: date, days: int) -> str:
    return f"{first + timedelta(days=days):%Y%m%d}"


def values(i: int) -> dict[str, str]:
    """One row of every table of FAERS, as FDA writes it; some cells are empty in some rows."""
    received = date(2024, 1, 2)
    first = i % 2 == 0
    case = str(20_000_000 + 37 * i)
    version = "1" if first else str(2 + i % 3)
    brands = ("LIPITOR", "SOLIRIS", "NEORAL", "KYMRIAH")
    ingredients = ("ATORVASTATIN CALCIUM", "ECULIZUMAB", "CYCLOSPORINE", "TISAGENLECLEUCEL")
    return {
        "primaryid": case + version, "caseid": case, "caseversion": version,
        "isr": str(4_300_000 + 11 * i), "case": str(4_000_000 + 7 * i), "image": f"43000{i}-7",
        "foll_seq": "" if first else "1", "i_f_code": "I" if first else "F",
        "i_f_cod": "I" if first else "F", "gndr_cod": "FM"[i % 2], "confid": "N" if i % 5 else "",
        "event_dt": "" if i % 4 == 3 else day(received, -90 - i),
        "mfr_dt": day(received, i % 40 - 9),
        "init_fda_dt": day(received, i % 40 - (0 if first else 60)),
        "fda_dt": day(received, i % 40), "rept_dt": day(received, i % 40 + (i % 9 == 0)),
        "rept_cod": ("EXP", "PER", "DIR")[i % 3],
        "auth_num": f"GB-MHRA-{i}00" if i % 9 == 0 else "",
        "mfr_num": f"US-ACME-2024{i:03}11", "mfr_sndr": ("PFIZER", "NOVARTIS", "3M")[i % 3] + " CO",
        "lit_ref": "DOE J. ON THINGS. J THINGS 2020" if i % 11 == 0 else "",
        "age": "" if i % 5 == 4 else str(30 + i), "age_cod": "" if i % 5 == 4 else "YR",
        "age_grp": "A" if i % 3 == 0 else "", "sex": "FMM"[i % 3], "e_sub": "Y",
        "wt": str(50 + i) if i % 3 == 0 else "", "wt_cod": "KG" if i % 3 == 0 else "",
        "to_mfr": "N" if i % 7 == 0 else "", "occp_cod": ("MD", "CN", "HP")[i % 3],
        "death_dt": "", "reporter_country": ("US", "DE", "GB")[i % 3],
        "occr_country": ("US", "DE", "GB")[i % 3] if i % 8 else "",
        "drug_seq": str(1 + i % 4), "role_cod": ("PS", "SS", "C")[i % 3],
        "drugname": brands[i % 4], "prod_ai": ingredients[i % 4] if i % 13 else "", "val_vbm": "1",
        "route": ("Oral", "Intravenous drip", "Subcutaneous")[i % 3] if i % 4 else "",
        "dose_vbm": ("20 MG, DAILY", "UNK", "1 DF, QD")[i % 3] if i % 3 else "",
        "cum_dose_chr": "", "cum_dose_unit": "", "dechal": "UYDN"[i % 4], "rechal": "U",
        "lot_num": f"A{i}77B" if i % 3 == 0 else "", "exp_dt": "20260131" if i % 3 == 0 else "",
        "nda_num": "020702", "dose_amt": "20", "dose_unit": "MG", "dose_form": "TABLET",
        "dose_freq": "QD", "pt": ("Nausea", "Pyrexia", "Off label use")[i % 3], "drug_rec_act": "",
        "outc_cod": ("HO", "OT", "DE")[i % 3], "rpsr_cod": ("CSM", "HP", "FGN")[i % 3],
        "dsg_drug_seq": str(1 + i % 4), "start_dt": day(received, -200 - i) if i % 6 else "2023",
        "end_dt": day(received, -100 - i) if i % 2 else "", "dur": str(i) if i % 2 else "",
        "dur_cod": "DAY" if i % 2 else "", "indi_drug_seq": str(1 + i % 4),
        "indi_pt": ("Product used for unknown indication", "Lymphoma")[i % 2],
    }  # fmt: skip


def faers(table: str, columns: str | None = None) -> Table:
    header = columns.split() if columns else list(LAYOUT[table])
    return header, [[values(i)[name.lower()] for name in header] for i in range(ROWS)]


def lines(header: list[str], rows: list[list[str]]) -> list[str]:
    return ["$".join(row) for row in (header, *rows)]


def swaps(known: dict[str, list[str]], read: dict[str, set[str]]) -> Iterator[tuple[str, str, str]]:
    """Neighbours of a table of which at least one is read."""
    for table, header in known.items():
        for one, other in itertools.pairwise(header):
            if {one.lower(), other.lower()} & read[table]:
                yield table, one, other


READ = {
    table: {*layout.required, *layout.optional}
    | {old for old, new in layout.aliases.items() if new in (*layout.required, *layout.optional)}
    for table, (_, layout) in TABLES.items()
}
FAERS = {table: list(columns) for table, columns in LAYOUT.items()}
# Dates of one row, names of one row, numbers of one row: not neighbours, and easily taken for
# each other.
PLAUSIBLE = [
    ("DEMO", "event_dt", "fda_dt"),
    ("DEMO", "event_dt", "init_fda_dt"),
    ("DEMO", "mfr_dt", "fda_dt"),
    ("DEMO", "primaryid", "caseversion"),
    ("DEMO", "age", "wt"),
    ("DEMO", "sex", "e_sub"),
    ("DEMO", "mfr_sndr", "auth_num"),
    ("DEMO", "mfr_num", "lit_ref"),
    ("DEMO", "sex", "i_f_code"),
    ("DRUG", "drugname", "route"),
    ("DRUG", "prod_ai", "route"),
    ("DRUG", "drugname", "dose_vbm"),
    ("DRUG", "drugname", "dose_form"),
    ("DRUG", "drugname", "lot_num"),
    ("DRUG", "primaryid", "drug_seq"),
    ("REAC", "primaryid", "pt"),
    ("THER", "start_dt", "dur"),
    ("INDI", "primaryid", "indi_pt"),
]


@pytest.mark.parametrize("table", TABLES)
def test_a_true_header_is_believed(table: str) -> None:
    find_columns(TABLES[table][1], lines(*faers(table)))


@pytest.mark.parametrize("table", AERS)
def test_a_true_header_of_aers_is_believed(table: str) -> None:
    find_columns(TABLES[table][1], lines(*faers(table, AERS[table])))


@pytest.mark.parametrize(
    ("table", "one", "other", "columns"),
    [
        *((*swap, None) for swap in (*swaps(FAERS, READ), *PLAUSIBLE)),
        *(
            (*swap, AERS[swap[0]])
            for swap in swaps({table: names.split() for table, names in AERS.items()}, READ)
        ),
    ],
)
def test_each_swap_of_columns_of_faers_is_told(
    table: str, one: str, other: str, columns: str | None
) -> None:
    header, rows = faers(table, columns)
    swapped = [{one: other, other: one}.get(name, name) for name in header]
    told = False
    try:
        find_columns(TABLES[table][1], lines(swapped, rows))
    except FileProblemError as problem:
        assert problem.code == "suspect_columns"
        told = True
    assert told is ((one.lower(), other.lower()) not in NOT_TOLD)


def test_what_is_told_has_counts_and_names_of_columns_and_no_value() -> None:
    header, rows = faers("DRUG")
    header[4], header[7] = header[7], header[4]
    with pytest.raises(FileProblemError) as raised:
        find_columns(TABLES["DRUG"][1], lines(header, rows))
    # Of 60 rows 45 have a route, and none of the 60 brands is one.
    assert str(raised.value).startswith(
        "suspect_columns: 0 of 45 values of drugname look like names of drugs; "
    )
    assert "0 of 60 values of route look like routes" in str(raised.value)
    assert not re.search("LIPITOR|Oral", str(raised.value))


def test_nine_rows_say_too_little() -> None:
    header, rows = faers("DRUG")
    header[4], header[7] = header[7], header[4]
    find_columns(TABLES["DRUG"][1], lines(header, rows[: ENOUGH - 1]))


def test_a_column_that_half_of_the_rows_contradict_is_believed() -> None:
    header, rows = faers("REAC")
    for row in rows[: ROWS // 2]:
        row[2] = "17"
    find_columns(TABLES["REAC"][1], lines(header, rows))
    rows[-1][2] = "17"
    with pytest.raises(FileProblemError, match="29 of 60 values of pt look like terms"):
        find_columns(TABLES["REAC"][1], lines(header, rows))


# --- The dashboard -------------------------------------------------------------------------------

EXPORT = {
    "Case ID": lambda i: str(16_000_000 + i),
    "Suspect Product Names": lambda i: ("Abilify", "Mirapex", "-")[i % 3],
    "Suspect Product Active Ingredients": lambda i: (
        "Aripiprazole", "Pramipexole Dihydrochloride", "Ropinirole Hydrochloride",
    )[i % 3],
    "Reason for Use": lambda i: ("Bipolar Disorder", "Restless Legs Syndrome", "Pain", "-")[i % 4],
    "Reactions": lambda i: ("Gambling;Weight Increased", "Nausea", "Sleep Disorder")[i % 3],
    "Serious": lambda i: ("Serious", "Non-Serious")[i % 2],
    "Outcomes": lambda i: ("Hospitalized;Other Outcomes", "Died", "Non-Serious")[i % 3],
    "Sex": lambda i: ("Male", "Female", "Not Specified")[i % 3],
    "Event Date": lambda i: ("2011", f"{1 + i % 28:02}-JAN-2017", "-")[i % 3],
    "Latest FDA Received Date": lambda i: f"{1 + i % 28:02}-MAR-2018",
    "Case Priority": lambda i: ("Expedited", "Direct")[i % 2],
    "Patient Age": lambda i: ("36 YR", "Not Specified")[i % 2],
    "Patient Weight": lambda i: ("170 LB", "-")[i % 2],
    "Sender": lambda i: ("Novartis", "Pfizer", "-")[i % 3],
    "Reporter Type": lambda i: ("Consumer", "Healthcare Professional")[i % 2],
    "Report Source": lambda i: ("Health Professional ,Foreign", "-")[i % 2],
    "Concomitant Product Names": lambda i: ("Sinemet", "-")[i % 2],
    "Latest Manufacturer Received Date": lambda i: ("16-JAN-2018", "-")[i % 3 == 2],
    "Initial FDA Received Date": lambda i: f"{1 + i % 28:02}-{('FEB', 'MAR')[i % 2]}-2018",
    "Country where Event occurred": lambda i: ("FR", "US", "-")[i % 3],
    "Reported to Manufacturer?": lambda i: "Not Specified",
    "Manufacturer Control Number": lambda i: (f"FR-NVS-2018{i:04}", "-")[i % 3 == 2],
    "Literature Reference": lambda i: "-",
    "Compounded Flag": lambda i: "-",
}  # fmt: skip
# The day on which the maker last heard of a report is mostly before FDA's, as the first one is.
DASHBOARD_NOT_TOLD = {("Latest Manufacturer Received Date", "Initial FDA Received Date")}


def look(header: list[str]) -> None:
    layout = faers_dashboard.LAYOUT
    names, _ = name_columns(layout, header)
    rows = [[make(i).replace("Not Specified", "-") for make in EXPORT.values()] for i in range(90)]
    check(layout.signs, by_column(names, ([v.strip("-") for v in row] for row in rows)))


def test_a_true_export_is_believed() -> None:
    look(list(EXPORT))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *itertools.pairwise(list(EXPORT)[:20]),
        ("Event Date", "Initial FDA Received Date"),
        ("Suspect Product Names", "Reactions"),
        ("Suspect Product Active Ingredients", "Reactions"),
        ("Reason for Use", "Concomitant Product Names"),
        ("Sender", "Manufacturer Control Number"),
        ("Sex", "Serious"),
    ],
)
def test_each_swap_of_columns_of_the_dashboard_is_told(one: str, other: str) -> None:
    header = [{one: other, other: one}.get(name, name) for name in EXPORT]
    told = False
    try:
        look(header)
    except FileProblemError as problem:
        assert problem.code == "suspect_columns"
        told = True
    assert told is ((one, other) not in DASHBOARD_NOT_TOLD)
