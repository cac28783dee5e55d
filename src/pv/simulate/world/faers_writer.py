"""Writes reports as FAERS quarterly ASCII, in the layout used since 2014Q3.

The syntax has neither quoting nor escaping: fields are parted by `$`, lines end in CRLF, and a
double quote is a letter like any other. What FAERS itself does to reports when it publishes them
is done here too: one DRUG row a dose since 2024Q4, and EU member states shown as `EU` since
2025Q3 in both country fields and in the prefix of the manufacturer's number.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from pv.simulate.world.catalogue import EU_MEMBERS
from pv.simulate.world.quarters import Quarter
from pv.simulate.world.reports import Reports

_COLUMNS = {
    "DEMO": """
        primaryid caseid caseversion i_f_code event_dt mfr_dt init_fda_dt fda_dt rept_cod auth_num
        mfr_num mfr_sndr lit_ref age age_cod age_grp sex e_sub wt wt_cod rept_dt to_mfr occp_cod
        reporter_country occr_country""",
    "DRUG": """
        primaryid caseid drug_seq role_cod drugname prod_ai val_vbm route dose_vbm cum_dose_chr
        cum_dose_unit dechal rechal lot_num exp_dt nda_num dose_amt dose_unit dose_form
        dose_freq""",
    "REAC": "primaryid caseid pt drug_rec_act",
    "OUTC": "primaryid caseid outc_cod",
    "RPSR": "primaryid caseid rpsr_cod",
    "THER": "primaryid caseid dsg_drug_seq start_dt end_dt dur dur_cod",
    "INDI": "primaryid caseid indi_drug_seq indi_pt",
}
LAYOUT = {table: tuple(columns.split()) for table, columns in _COLUMNS.items()}

NOTICE_NAME = "README_SIMULATED.txt"
NOTICE = (
    "SIMULATED DATA\r\n"
    "These files were made by poolvigil's simulator in the layout of FDA FAERS.\r\n"
    "No patient, report, manufacturer or finding in them is real.\r\n"
    "Products are named only so that their vocabulary can be tried; "
    "nothing here says anything about their safety.\r\n"
)

ONE_ROW_A_DOSE_SINCE = Quarter(2024, 4)
EU_MASKED_SINCE = Quarter(2025, 3)

# Zip members carry a time; a fixed one (the earliest a zip can hold) keeps the bytes the same.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


def write_quarters(reports: Reports, folder: Path, *, packed: bool = True) -> list[Path]:
    """Write every quarter of `reports` under `folder`, and return what was written.

    Args:
        reports: the reports to publish.
        folder: made when missing; receives `faers_ascii_2024Q1.zip` and so on.
        packed: a zip a quarter; when false, a folder of the same name without `.zip`.

    Raises:
        ValueError: when a value holds `$` or a line end, which the syntax cannot carry.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write_quarter(quarter, [(reports, number)], folder, packed=packed)
        for number, quarter in enumerate(reports.quarters)
    ]


def quarter_tables(reports: Reports, number: int) -> dict[str, pl.DataFrame]:
    """The seven tables of the quarter at index `number`, in FAERS's columns and order."""
    quarter = reports.quarters[number]
    published = reports.reports.filter(pl.col("quarter") == number).with_columns(
        # FAERS's own rule: primaryid is caseid followed by caseversion.
        primaryid=(pl.col("case_id").cast(pl.String) + pl.col("version").cast(pl.String)).cast(
            pl.Int64
        ),
        caseid="case_id",
    )
    if quarter >= EU_MASKED_SINCE:
        published = _masked(published)
    keys = published.select("primaryid", "caseid", "case", "complete")
    drugs = _of(keys, reports.drugs)
    reactions = _of(keys, reports.reactions).filter(pl.col("complete") | ~pl.col("late"))
    doses = (
        drugs.select(pl.all().repeat_by("doses").explode())
        if quarter >= ONE_ROW_A_DOSE_SINCE
        else drugs
    )
    tables = {
        "DEMO": _demo(published),
        "DRUG": doses.rename({"role": "role_cod", "lot": "lot_num"}).with_columns(
            val_vbm=pl.lit(1)
        ),
        "REAC": reactions,
        "OUTC": _of(keys, reports.outcomes),
        "RPSR": _sources(published),
        "THER": drugs.filter(pl.col("start").is_not_null()).rename(
            {"drug_seq": "dsg_drug_seq", "start": "start_dt", "end": "end_dt"}
        ),
        "INDI": drugs.filter(pl.col("indication").is_not_null()).rename(
            {"drug_seq": "indi_drug_seq", "indication": "indi_pt"}
        ),
    }
    return {name: _in_layout(table, name) for name, table in tables.items()}


def write_quarter(
    quarter: Quarter, parts: Sequence[tuple[Reports, int]], folder: Path, *, packed: bool = True
) -> Path:
    """Write one quarter of several reports: of each those of the quarter at an index of its own.

    `folder` must be there. Returns the zip, or the folder when not `packed`.
    """
    name = f"faers_ascii_{quarter.label}"
    if not packed:
        for path, data in _files(quarter, parts):
            target = folder / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        return folder / name
    target = folder / f"{name}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in _files(quarter, parts):
            member = zipfile.ZipInfo(path, _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # the same bytes on every system
            archive.writestr(member, data, compresslevel=1)
    return target


def _files(quarter: Quarter, parts: Sequence[tuple[Reports, int]]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every file of a quarter, one at a time to keep memory low."""
    short = quarter.short
    yield NOTICE_NAME, NOTICE.encode("ascii")
    tables = [quarter_tables(reports, number) for reports, number in parts]
    for name in LAYOUT:
        table = pl.concat([of.pop(name) for of in tables], how="vertical_relaxed")
        yield f"ASCII/{name}{short}.txt", delimited(table, f"{name}{short}.txt")
    deleted = [
        reports.deleted.filter(pl.col("quarter") == number)["case_id"] for reports, number in parts
    ]
    # FDA's own lists begin with a line that holds one blank.
    lines = [" ", *map(str, pl.concat(deleted).to_list())]
    yield f"Deleted/DELETE{short}.txt", "".join(f"{line}\r\n" for line in lines).encode("ascii")


def delimited(table: pl.DataFrame, name: str) -> bytes:
    """The file of a table; ValueError when a value holds `$` or a line end."""
    texts = [column for column, dtype in table.schema.items() if dtype == pl.String]
    broken = table.select(pl.col(texts).str.contains(r"[$\r\n]").any())
    for column in broken.columns:
        if broken[column].item():
            raise ValueError(f"{name}: a value of {column} holds '$' or a line end")
    target = io.BytesIO()
    table.write_csv(target, separator="$", quote_style="never", line_terminator="\r\n")
    return target.getvalue()


def _in_layout(table: pl.DataFrame, name: str) -> pl.DataFrame:
    """Exactly the columns of a FAERS table, those that `table` lacks being empty."""
    return table.select(
        column if column in table.columns else pl.lit(None, pl.String).alias(column)
        for column in LAYOUT[name]
    )


def _of(keys: pl.DataFrame, contents: pl.DataFrame) -> pl.DataFrame:
    """Contents of the published cases, in the order of the reports."""
    return keys.join(contents, on="case", how="inner", maintain_order="left_right")


def _sources(published: pl.DataFrame) -> pl.DataFrame:
    """Report sources, given for few reports: consumers' to a maker, studies and publications."""
    told = {
        "CSM": (pl.col("occupation") == "CN") & (pl.col("report_code") == "PER"),
        "LIT": pl.col("lit_ref").is_not_null(),
        "SDY": pl.col("study"),
    }
    rows = [
        published.filter(said).with_columns(rpsr_cod=pl.lit(code)) for code, said in told.items()
    ]
    return pl.concat(rows).sort("primaryid", "rpsr_cod")


def _masked(published: pl.DataFrame) -> pl.DataFrame:
    """Reports of EU member states with `EU` for their country, as FAERS shows them."""
    member = pl.coalesce("country", "reporter_country").is_in(EU_MEMBERS)

    def eu(column: str) -> pl.Expr:
        return pl.when(pl.col(column).is_in(EU_MEMBERS)).then(pl.lit("EU")).otherwise(column)

    return published.with_columns(
        country=eu("country"),
        reporter_country=eu("reporter_country"),
        mfr_num=pl.when(member)
        .then(pl.col("mfr_num").str.replace(r"^[A-Z]{2}-", "EU-"))
        .otherwise("mfr_num"),
    )


def _demo(published: pl.DataFrame) -> pl.DataFrame:
    def digits(column: str) -> pl.Expr:
        return pl.col(column).dt.strftime("%Y%m%d")

    direct = pl.col("report_code") == "DIR"
    return published.with_columns(
        caseversion="version",
        i_f_code=pl.when(pl.col("version") == 1).then(pl.lit("I")).otherwise(pl.lit("F")),
        event_dt=digits("event_date"),
        mfr_dt=pl.when(~direct).then(digits("receipt")),
        init_fda_dt=digits("first_receipt"),
        fda_dt=digits("receipt"),
        rept_cod="report_code",
        age_cod="age_unit",
        age_grp="age_group",
        e_sub=pl.when(direct).then(pl.lit("N")).otherwise(pl.lit("Y")),
        wt="weight_kg",
        wt_cod=pl.when(pl.col("weight_kg").is_not_null()).then(pl.lit("KG")),
        rept_dt=digits("receipt"),
        occp_cod="occupation",
        occr_country="country",
    )
