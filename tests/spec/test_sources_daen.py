"""What Australia's DAEN becomes in staging, as text and as the workbook that it exports."""

import io
from datetime import date
from pathlib import Path

import xlsxwriter

from pv.sources.daen import SOURCE
from pv.sources.model import Claim, Glimpse
from tests.staged import files, load, problem, rows

MEDICINES = (
    "COVID-19 Vaccine AstraZeneca (ChAdOx1-S (Viral vector)) - Suspected,"
    "TT 380 - Contraceptive, intrauterine device (Product not coded) - Not suspected,"
    "Caltrate (calcium carbonate; colecalciferol) - Interaction"
)
ROW = f"538853\t16/04/2021\t-\tM\t{MEDICINES}\tHallucination, visual\tA"
OTHER = "520119\t23/02/2021\t38\tF\tCOMIRNATY (tozinameran) - Suspected\tNausea\tP"
DRUGS = [
    "1|suspect|COVID-19 Vaccine AstraZeneca|ChAdOx1-S (Viral vector)",
    "2|concomitant|TT 380 - Contraceptive, intrauterine device|",
    "3|interacting|Caltrate|calcium carbonate\\colecalciferol",
]


def text(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def workbook(*cells: tuple[str, ...]) -> bytes:
    header = (
        "Case number", "Report entry date", "Age (years)", "Gender",
        "Medicines reported as being taken", "MedDRA reaction terms",
    )  # fmt: skip
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet("List of Reports")
        for number, row in enumerate((header, *cells)):
            sheet.write_row(number, 0, row)
    return made.getvalue()


def test_text_and_workbook_say_the_same(tmp_path: Path):
    """A row a case and term in the one, a row a case in the other; broken files fail alone."""
    lines = [ROW, ROW.replace(", visual", ", auditory"), OTHER, "520119\tcut short"]
    cells = ("538853", "16/04/2021", "-", "Male", MEDICINES.replace("Suspected,", "Suspected\n"),
             "Hallucination, visual\nHallucination, auditory")  # fmt: skip
    con = load(
        tmp_path,
        {
            "daen/2022-06-19/a.txt": text(*lines),
            "daen/2022-06-19/b.xlsx": workbook(cells),
            "daen/2022-06-19/binary.xlsx": b"\x00" * 99,
            "daen/2022-06-19/wide.txt": b"\t".join(b"%d" % i for i in range(150_000)),
            "daen/2022-06-19/wrong.txt": text(*[OTHER] * 12).decode().encode("utf-16"),
            "daen/undated.txt": text(ROW),
        },
    )
    assert files(con) == {
        "2022-06-19/a.txt": ("loaded", 4, 3, 1),
        "2022-06-19/b.xlsx": ("loaded", 1, 1, 0),
        "2022-06-19/binary.xlsx": ("failed", 0, 0, 0),
        "2022-06-19/wide.txt": ("failed", 0, 0, 0),
        "2022-06-19/wrong.txt": ("failed", 0, 0, 0),
        "undated.txt": ("failed", 0, 0, 0),
    }
    assert problem(con, "undated.txt").startswith("failed: issue_date_unknown: ")
    case = "538853|TGA|2021-04-16|2021-04-16|AU|M||"
    assert rows(
        con, "report",
        "source_case_id, authority, first_receipt_date, receipt_date, occurrence_country, sex, "
        "age_years, serious",
    ) == [case, "520119|TGA|2021-02-23|2021-02-23|AU|F|38.0|", case]  # fmt: skip
    assert rows(con, "report_event", "source_report_id, term_verbatim") == [
        "538853|Hallucination, visual",
        "538853|Hallucination, auditory",
        "520119|Nausea",
        "538853|Hallucination, auditory",
        "538853|Hallucination, visual",
    ]
    assert rows(con, "report_drug", "drug_seq, role, drug_verbatim, active_ingredient") == [
        *DRUGS, "1|suspect|COMIRNATY|tozinameran", *DRUGS,
    ]  # fmt: skip
    assert con.execute(
        "select name, series, issued_on, latest_receipt from ops.source_file "
        "where status = 'loaded' order by name"
    ).fetchall() == [
        (f"2022-06-19/{name}", name, date(2022, 6, 19), date(2022, 6, 19))
        for name in ("a.txt", "b.xlsx")
    ]


def test_a_list_is_claimed_by_its_rows_where_its_name_has_a_day():
    def claim(name: str) -> Claim | None:
        return SOURCE.claim(Glimpse(name, "plain", {name: text(ROW)}))

    found = claim("list-2022-06-19")
    assert found and found.name == "list-2022-06-19.txt"
    assert SOURCE.claim(Glimpse("x.txt", "plain", {"x.txt": b"a\tb\tc\td\te\tf\tg\n"})) is None
