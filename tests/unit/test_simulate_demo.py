"""The demonstration inbox: the quirks of the real files are in it, and it repeats to the byte."""

import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import polars as pl
import pytest

from pv.simulate.scenarios.demo import not_of_the_demo, write_demo
from pv.simulate.scenarios.planted import PLANTED
from pv.simulate.world.catalogue import EU_MEMBERS, THERAPIES


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    inbox = tmp_path_factory.mktemp("demo") / "inbox"
    write_demo(inbox, seed=1)
    return inbox


def table(inbox: Path, name: str, quarter: str) -> pl.DataFrame:
    with zipfile.ZipFile(inbox / "faers" / f"faers_ascii_{quarter}.zip") as archive:
        data = archive.read(f"ASCII/{name}{quarter[2:]}.txt")
    return pl.read_csv(io.BytesIO(data), separator="$", quote_char=None, infer_schema=False)


def checksums(inbox: Path) -> dict[str, str]:
    return {
        path.relative_to(inbox.parent).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(inbox.parent.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes_and_another_seed_others(
    inbox: Path, tmp_path: Path
) -> None:
    write_demo(tmp_path / "again" / "inbox", seed=1)
    write_demo(tmp_path / "other" / "inbox", seed=2)
    first = checksums(inbox)
    assert checksums(tmp_path / "again" / "inbox") == first
    other = checksums(tmp_path / "other" / "inbox")
    assert other.keys() == first.keys()
    assert [name for name in first if other[name] == first[name]] == [
        "vocab/notice.csv",
        "vocab/therapeutic_area.csv",
    ]


def test_the_inbox_holds_quarters_without_a_hole_and_the_truth_lies_beside_it(
    inbox: Path,
) -> None:
    quarters = [f"{year}Q{number}" for year in (2023, 2024, 2025) for number in (1, 2, 3, 4)][:11]
    assert sorted(checksums(inbox)) == sorted(
        [
            *(f"inbox/faers/faers_ascii_{quarter}.zip" for quarter in quarters),
            "inbox/exposure/exposure_simulated.csv",
            "inbox/background/background_simulated.csv",
            "truth.json",
            "vocab/notice.csv",
            "vocab/therapeutic_area.csv",
        ]
    )


def test_receipts_lie_within_the_quarter_that_publishes_them(inbox: Path) -> None:
    demo = table(inbox, "DEMO", "2024Q1")
    assert demo["fda_dt"].is_between(pl.lit("20240101"), pl.lit("20240331")).all()
    assert (demo["init_fda_dt"] <= demo["fda_dt"]).all()
    initial = demo["caseversion"] == "1"
    assert (demo.filter(initial)["init_fda_dt"] == demo.filter(initial)["fda_dt"]).all()
    assert (
        demo["event_dt"].drop_nulls() <= demo.filter(pl.col("event_dt").is_not_null())["fda_dt"]
    ).all()


def test_direct_reports_name_only_the_reporters_country_and_no_manufacturers_number(
    inbox: Path,
) -> None:
    direct = table(inbox, "DEMO", "2024Q1").filter(pl.col("rept_cod") == "DIR")
    assert direct.height > 50
    assert direct["reporter_country"].unique().to_list() == ["US"]
    assert direct["occr_country"].null_count() == direct["mfr_num"].null_count() == direct.height


def test_2025q3_shows_no_member_state_and_many_reports_of_the_eu(inbox: Path) -> None:
    demo = table(inbox, "DEMO", "2025Q3")
    countries = pl.concat([demo["occr_country"], demo["reporter_country"]])
    assert not countries.is_in(EU_MEMBERS).any()
    assert 0.2 < (demo["occr_country"] == "EU").sum() / demo.height < 0.6
    before = table(inbox, "DEMO", "2024Q4")
    assert before["occr_country"].is_in(EU_MEMBERS).any()


def test_namibia_reports_under_its_code(inbox: Path) -> None:
    assert (table(inbox, "DEMO", "2023Q1")["occr_country"] == "NA").any()


def test_a_dose_a_row_repeats_drug_sequences_since_2024q4(inbox: Path) -> None:
    for quarter, repeated in (("2024Q3", False), ("2024Q4", True)):
        keys = table(inbox, "DRUG", quarter).select("primaryid", "drug_seq")
        assert keys.is_duplicated().any() == repeated


def test_drugs_tell_of_dose_and_challenges_as_often_as_those_of_real_reports(inbox: Path) -> None:
    suspects = table(inbox, "DRUG", "2024Q1").filter(pl.col("role_cod") == "PS")
    n = suspects.height
    for column, shares in (
        ("dechal", {"Y": 0.16, "N": 0.04, "U": 0.39, "D": 0.13, None: 0.28}),
        ("rechal", {"Y": 0.006, "N": 0.004, "U": 0.32, "D": 0.011, None: 0.659}),
    ):
        found = dict(suspects[column].value_counts().iter_rows())
        assert set(found) == set(shares)
        for code, share in shares.items():
            # Six standard errors of a share.
            assert abs(found[code] / n - share) < 6 * (share * (1 - share) / n) ** 0.5, code
    assert abs(suspects["dose_amt"].is_not_null().mean() - 0.53) < 0.06
    told = suspects.filter(pl.col("dose_amt").is_not_null())
    assert told["dose_unit"].null_count() == 0
    assert (
        suspects.filter(pl.col("dose_amt").is_null())["dose_unit"].null_count() == n - told.height
    )
    once = told.filter(pl.col("drugname").str.to_uppercase().str.starts_with("KYMRIAH"))
    assert once.select("dose_amt", "dose_unit", "dose_freq").unique().rows() == [("1", "DF", None)]


def test_a_therapy_ends_where_it_starts_and_no_drug_before(inbox: Path) -> None:
    given = table(inbox, "THER", "2024Q1").rename({"dsg_drug_seq": "drug_seq"})
    ended = given.filter(pl.col("end_dt").is_not_null())
    assert 0.4 < ended.height / given.height < 0.5
    assert (ended["start_dt"] <= ended["end_dt"]).all()
    assert (ended["start_dt"] < ended["end_dt"]).any()
    drugs = table(inbox, "DRUG", "2024Q1").unique(["primaryid", "drug_seq"])
    named = ended.join(drugs, on=["primaryid", "drug_seq"])
    once = named.filter(pl.col("dose_unit") == "DF")
    assert once.height > 10
    assert (once["start_dt"] == once["end_dt"]).all()


def test_reports_are_from_studies_and_publications_and_no_direct_one_is(
    inbox: Path,
) -> None:
    quarters = [f"{year}Q{number}" for year in (2023, 2024) for number in (1, 2, 3, 4)]
    demo = pl.concat([table(inbox, "DEMO", quarter) for quarter in quarters])
    origin = pl.concat([table(inbox, "RPSR", quarter) for quarter in quarters])
    cited = demo.filter(pl.col("lit_ref").is_not_null())
    told = origin.filter(pl.col("rpsr_cod") == "LIT")["primaryid"]
    assert set(told) == set(cited["primaryid"])
    assert 0.25 < cited["lit_ref"].str.contains("doi:10.5555/simulated").mean() < 0.42
    study = demo.filter(pl.col("primaryid").is_in(
        origin.filter(pl.col("rpsr_cod") == "SDY")["primaryid"].implode()
    ))  # fmt: skip
    assert 0.04 < study.height / demo.height < 0.06
    direct = demo.filter(pl.col("rept_cod") == "DIR")["primaryid"].implode()
    assert not study["primaryid"].is_in(direct).any()


def test_start_dates_come_in_three_precisions(inbox: Path) -> None:
    lengths = table(inbox, "THER", "2024Q1")["start_dt"].str.len_chars().unique().sort()
    assert lengths.to_list() == [4, 6, 8]


def test_a_term_is_named_once_a_report_and_no_report_lacks_reactions(inbox: Path) -> None:
    reactions = table(inbox, "REAC", "2024Q1")
    assert not reactions.select("primaryid", "pt").is_duplicated().any()
    demo = table(inbox, "DEMO", "2024Q1")
    assert set(reactions["primaryid"]) == set(demo["primaryid"])
    assert set(table(inbox, "DRUG", "2024Q1")["primaryid"]) == set(demo["primaryid"])


def test_follow_ups_appear_in_later_quarters(inbox: Path) -> None:
    first = table(inbox, "DEMO", "2023Q1")
    later = table(inbox, "DEMO", "2023Q2").filter(pl.col("caseversion") == "2")
    assert later.height > 100
    assert later["caseid"].is_in(first["caseid"].implode()).all()


def test_substances_that_are_no_planted_therapy_are_invented(inbox: Path) -> None:
    drugs = table(inbox, "DRUG", "2024Q1")
    invented = drugs["drugname"].str.contains(r"^SIM(DRUG|BRAND)-\d{4}")
    therapies = drugs.filter(~invented)["drugname"].str.to_uppercase()
    brands = {each.brand for each in PLANTED}
    assert 0 < therapies.len() < 0.1 * drugs.height
    assert {name.split(" ")[0] for name in therapies if name.split(" ")[0] in brands} == brands


def test_every_sender_says_simulated(inbox: Path) -> None:
    assert table(inbox, "DEMO", "2024Q1")["mfr_sndr"].str.starts_with("SIMULATED ").all()


REAL_WITHOUT_COUNTRY = 54 / 14_889  # of the real files named in `pv.simulate.world.publication`


def test_reports_lack_a_country_as_often_as_in_the_real_files(inbox: Path) -> None:
    demo = pl.concat([table(inbox, "DEMO", quarter) for quarter in ("2023Q2", "2024Q1", "2025Q1")])
    nowhere = (demo["reporter_country"] == "COUNTRY NOT SPECIFIED").sum()
    assert 0.3 < nowhere / demo.height / REAL_WITHOUT_COUNTRY < 2
    # 65 of 1,000 real reports name no country of occurrence.
    assert 0.03 < demo["occr_country"].null_count() / demo.height < 0.10


def therapy_reports(inbox: Path, brand: str) -> pl.DataFrame:
    """First versions with the brand as primary suspect: onset, treatment and terms."""
    parts: list[pl.DataFrame] = []
    for path in sorted((inbox / "faers").glob("*.zip")):
        quarter = path.stem.removeprefix("faers_ascii_")
        drugs = table(inbox, "DRUG", quarter).filter(
            pl.col("drug_seq").eq("1") & pl.col("drugname").str.to_uppercase().str.contains(brand)
        )
        started = table(inbox, "THER", quarter).filter(pl.col("dsg_drug_seq") == "1")
        parts.append(
            table(inbox, "DEMO", quarter)
            .filter(pl.col("caseversion") == "1")
            .join(drugs.select("primaryid").unique(), on="primaryid")
            .join(started.select("primaryid", "start_dt").unique(), on="primaryid", how="left")
            .join(
                table(inbox, "REAC", quarter).group_by("primaryid").agg(terms=pl.col("pt")),
                on="primaryid",
            )
        )
    return pl.concat(parts)


def test_cytokine_release_comes_within_days_of_the_infusion(inbox: Path) -> None:
    for brand, median_days in (("YESCARTA", 2), ("KYMRIAH", 3), ("CARVYKTI", 7)):
        reports = therapy_reports(inbox, brand).filter(
            pl.col("terms").list.contains("Cytokine release syndrome"),
            pl.col("start_dt").str.len_chars() == 8,
            pl.col("event_dt").str.slice(6) != "01",
        )
        days = (
            reports["event_dt"].str.to_date("%Y%m%d") - reports["start_dt"].str.to_date("%Y%m%d")
        ).dt.total_days()
        assert days.len() >= 5
        assert days.min() >= 0
        assert median_days / 2 <= days.median() <= 2 * median_days


def test_some_reports_name_listed_reactions_and_nothing_else(inbox: Path) -> None:
    listed = {
        reaction.term for each in THERAPIES if each.brand == "KYMRIAH" for reaction in each.labelled
    }
    terms = therapy_reports(inbox, "KYMRIAH")["terms"].to_list()
    only = [each for each in terms if set(each) <= listed]
    assert 0.1 < len(only) / len(terms) < 0.4


def test_no_patient_is_treated_before_the_exposure_begins(inbox: Path) -> None:
    for brand in ("YESCARTA", "SKYSONA", "LUXTURNA"):
        started = therapy_reports(inbox, brand)["start_dt"].drop_nulls()
        assert started.len() > 20
        assert (started >= "2023").all()


@pytest.fixture
def home(inbox: Path, tmp_path: Path) -> Path:
    """A copy of the demonstration's home."""
    return Path(shutil.copytree(inbox.parent, tmp_path / "home"))


def test_a_home_that_is_new_empty_or_of_a_demonstration_takes_another(
    home: Path, tmp_path: Path
) -> None:
    (home / "work").mkdir()
    (home / "work" / "warehouse.duckdb").write_bytes(b"")
    assert [not_of_the_demo(each) for each in (tmp_path / "new", home)] == [None, None]


def test_simulated_reports_never_come_beside_others(home: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    (real / "inbox").mkdir(parents=True)
    assert not_of_the_demo(real) == real / "inbox"

    other = home / "inbox" / "faers" / "faers_ascii_2022Q4.zip"
    other.write_bytes(b"")
    assert not_of_the_demo(home) == other


def test_a_real_quarter_under_the_name_of_a_simulated_one_is_not_written_over(home: Path) -> None:
    quarter = home / "inbox" / "faers" / "faers_ascii_2023Q1.zip"
    with zipfile.ZipFile(quarter, "w") as archive:
        archive.writestr("ASCII/DEMO23Q1.txt", "primaryid$caseid$fda_dt\r\n")
    assert not_of_the_demo(home) == quarter
    quarter.write_bytes(b"no zip")
    assert not_of_the_demo(home) == quarter
