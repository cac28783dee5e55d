"""The FAERS writer, on a handful of reports written out by hand."""

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pv.simulate.world.faers_writer import LAYOUT, write_quarters
from pv.simulate.world.quarters import Quarter, quarter_range
from pv.simulate.world.reports import Reports

# The header lines of FDA's own 2025Q4 files.
HEADERS = {
    "DEMO": "primaryid$caseid$caseversion$i_f_code$event_dt$mfr_dt$init_fda_dt$fda_dt$rept_cod"
    "$auth_num$mfr_num$mfr_sndr$lit_ref$age$age_cod$age_grp$sex$e_sub$wt$wt_cod$rept_dt$to_mfr"
    "$occp_cod$reporter_country$occr_country",
    "DRUG": "primaryid$caseid$drug_seq$role_cod$drugname$prod_ai$val_vbm$route$dose_vbm"
    "$cum_dose_chr$cum_dose_unit$dechal$rechal$lot_num$exp_dt$nda_num$dose_amt$dose_unit"
    "$dose_form$dose_freq",
    "REAC": "primaryid$caseid$pt$drug_rec_act",
    "OUTC": "primaryid$caseid$outc_cod",
    "RPSR": "primaryid$caseid$rpsr_cod",
    "THER": "primaryid$caseid$dsg_drug_seq$start_dt$end_dt$dur$dur_cod",
    "INDI": "primaryid$caseid$indi_drug_seq$indi_pt",
}


def report(**given: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "quarter": 0,
        "case_id": 41,
        "version": 1,
        "case": 7,
        "complete": True,
        "first_receipt": date(2024, 2, 1),
        "receipt": date(2024, 2, 1),
        "event_date": None,
        "country": "NA",
        "reporter_country": "NA",
        "report_code": "EXP",
        "mfr_num": "NA-SIMULATED SENDER 1-9",
        "mfr_sndr": "SIMULATED SENDER 1",
        "lit_ref": None,
        "study": False,
        "sex": "F",
        "age": 60,
        "age_unit": "YR",
        "age_group": None,
        "weight_kg": None,
        "occupation": "MD",
    }
    return usual | given


REPORT_SCHEMA = {
    "event_date": pl.Date,
    "country": pl.String,
    "mfr_num": pl.String,
    "lit_ref": pl.String,
    "age_group": pl.String,
    "weight_kg": pl.Int64,
}


def reports(*rows: dict[str, object], quarters: tuple[Quarter, ...]) -> Reports:
    return Reports(
        quarters=quarters,
        reports=pl.DataFrame(rows, schema_overrides=REPORT_SCHEMA),
        drugs=pl.DataFrame(
            {
                "case": [7, 7],
                "drug_seq": [1, 2],
                "role": ["PS", "C"],
                "drugname": ["KYMRIAH", 'SIMDRUG "X"'],
                "prod_ai": ["TISAGENLECLEUCEL", None],
                "route": [None, "Oral"],
                "lot": ["SIMLOT-1", None],
                "start": [202301, None],
                "end": [202302, None],
                "dechal": ["Y", None],
                "rechal": ["N", None],
                "dose_amt": [30, None],
                "dose_unit": ["MG", None],
                "dose_freq": ["QD", None],
                "doses": [3, 1],
                "indication": [None, "Simulated indication 01"],
            }
        ),
        reactions=pl.DataFrame(
            {"case": [7, 7], "pt": ["Nausea", "Headache"], "late": [False, True]}
        ),
        outcomes=pl.DataFrame({"case": [7], "outc_cod": ["HO"]}),
        deleted=pl.DataFrame({"quarter": [0, 0], "case_id": [5, 41]}),
    )


def lines(folder: Path, table: str) -> list[str]:
    (path,) = folder.glob(f"*/{table}*.txt")
    data = path.read_bytes().decode("utf-8")
    assert data.endswith("\r\n")
    assert "\n" not in data.replace("\r\n", "")
    return data.split("\r\n")[:-1]


def written(folder: Path, *rows: dict[str, object], quarter: Quarter) -> Path:
    (path,) = write_quarters(reports(*rows, quarters=(quarter,)), folder, packed=False)
    return path


def test_headers_are_those_of_the_real_files(tmp_path: Path) -> None:
    folder = written(tmp_path, report(), quarter=Quarter(2024, 1))
    assert {table: lines(folder, table)[0] for table in LAYOUT} == HEADERS


def test_a_report_is_written_field_by_field(tmp_path: Path) -> None:
    folder = written(tmp_path, report(), quarter=Quarter(2024, 1))
    assert lines(folder, "DEMO")[1] == (
        "411$41$1$I$$20240201$20240201$20240201$EXP$$NA-SIMULATED SENDER 1-9"
        "$SIMULATED SENDER 1$$60$YR$$F$Y$$$20240201$$MD$NA$NA"
    )
    assert lines(folder, "DRUG")[1:] == [
        "411$41$1$PS$KYMRIAH$TISAGENLECLEUCEL$1$$$$$Y$N$SIMLOT-1$$$30$MG$$QD",
        '411$41$2$C$SIMDRUG "X"$$1$Oral$$$$$$$$$$$$',
    ]
    assert lines(folder, "REAC")[1:] == ["411$41$Nausea$", "411$41$Headache$"]
    assert lines(folder, "OUTC")[1:] == ["411$41$HO"]
    assert lines(folder, "THER")[1:] == ["411$41$1$202301$202302$$"]
    assert lines(folder, "INDI")[1:] == ["411$41$2$Simulated indication 01"]
    assert lines(folder, "RPSR")[1:] == []


def test_a_report_says_that_it_is_from_a_study_or_a_publication(tmp_path: Path) -> None:
    told = report(study=True, lit_ref="Simulated A. 2024", occupation="CN", report_code="PER")
    folder = written(tmp_path, told, quarter=Quarter(2024, 1))
    assert lines(folder, "RPSR")[1:] == ["411$41$CSM", "411$41$LIT", "411$41$SDY"]


def test_the_deleted_list_has_one_case_id_a_line_after_a_lone_blank(tmp_path: Path) -> None:
    folder = written(tmp_path, report(), quarter=Quarter(2024, 1))
    assert lines(folder, "DELETE") == [" ", "5", "41"]


def test_a_follow_up_keeps_its_first_receipt_and_tells_the_late_reaction(tmp_path: Path) -> None:
    first = report(complete=False)
    later = report(quarter=1, version=2, receipt=date(2024, 5, 9), event_date=date(2023, 12, 1))
    one, two = write_quarters(
        reports(first, later, quarters=quarter_range(Quarter(2024, 1), Quarter(2024, 2))),
        tmp_path,
        packed=False,
    )
    assert lines(one, "REAC")[1:] == ["411$41$Nausea$"]
    assert lines(two, "REAC")[1:] == ["412$41$Nausea$", "412$41$Headache$"]
    assert lines(two, "DEMO")[1].startswith("412$41$2$F$20231201$20240509$20240201$20240509$EXP$")


@pytest.mark.parametrize(("quarter", "rows"), [(Quarter(2024, 3), 1), (Quarter(2024, 4), 3)])
def test_a_drug_of_three_doses_has_three_rows_since_2024q4_only(
    tmp_path: Path, quarter: Quarter, rows: int
) -> None:
    folder = written(tmp_path, report(), quarter=quarter)
    assert sum(line.startswith("411$41$1$PS$") for line in lines(folder, "DRUG")) == rows
    assert len(lines(folder, "THER")) == 1 + 1


@pytest.mark.parametrize(
    ("country", "reporter", "number", "shown"),
    [
        ("DE", "DE", "DE-X-1", ("EU-X-1", "EU", "EU")),
        (None, "DE", "DE-X-1", ("EU-X-1", "EU", "")),
        ("DE", "US", "DE-X-1", ("EU-X-1", "US", "EU")),
        ("US", "DE", "US-X-1", ("US-X-1", "EU", "US")),
        ("CH", "CH", "CH-X-1", ("CH-X-1", "CH", "CH")),
        ("NA", "NA", None, ("", "NA", "NA")),
    ],
)
def test_eu_members_are_masked_since_2025q3(
    tmp_path: Path,
    country: str | None,
    reporter: str,
    number: str | None,
    shown: tuple[str, str, str],
) -> None:
    row = report(country=country, reporter_country=reporter, mfr_num=number)
    fields = lines(written(tmp_path, row, quarter=Quarter(2025, 3)), "DEMO")[1].split("$")
    assert (fields[10], fields[23], fields[24]) == shown
    before = lines(written(tmp_path / "before", row, quarter=Quarter(2025, 2)), "DEMO")[1]
    assert before.split("$")[23:] == [reporter, country or ""]


@pytest.mark.parametrize("broken", ["a$b", "a\nb", "a\rb"])
def test_a_value_the_syntax_cannot_carry_is_refused(tmp_path: Path, broken: str) -> None:
    with pytest.raises(ValueError, match=r"DEMO24Q1\.txt: a value of lit_ref"):
        written(tmp_path, report(lit_ref=broken), quarter=Quarter(2024, 1))


def test_zip_and_folder_hold_the_same_files_and_both_say_simulated(tmp_path: Path) -> None:
    made = reports(report(), quarters=(Quarter(2024, 1),))
    (folder,) = write_quarters(made, tmp_path / "folders", packed=False)
    (packed,) = write_quarters(made, tmp_path / "zips")
    assert (folder.name, packed.name) == ("faers_ascii_2024Q1", "faers_ascii_2024Q1.zip")
    with zipfile.ZipFile(packed) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    beside = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert inside == beside
    assert set(inside) == {
        "README_SIMULATED.txt",
        "Deleted/DELETE24Q1.txt",
        *(f"ASCII/{table}24Q1.txt" for table in HEADERS),
    }
    assert inside["README_SIMULATED.txt"].startswith(b"SIMULATED DATA")


def test_quarters_follow_one_another_over_a_year_end() -> None:
    labels = [quarter.label for quarter in quarter_range(Quarter(2023, 4), Quarter(2024, 2))]
    assert labels == ["2023Q4", "2024Q1", "2024Q2"]
    assert Quarter(2024, 1).days == 31 + 29 + 31
    assert Quarter(1970, 2).day_number == 31 + 28 + 31
    with pytest.raises(ValueError, match="not 5"):
        Quarter(2024, 5)
