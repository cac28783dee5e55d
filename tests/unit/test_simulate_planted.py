"""The planted truth, recounted from the written files by another road than the simulator's."""

import io
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import gamma

from pv.simulate.scenarios.demo import write_benchmark, write_demo
from pv.simulate.scenarios.planted import BEFORE_NOTICE, VERDICTS
from pv.simulate.world.truth import Truth, TruthPair
from pv.vocab import events, listed

NOWHERE = "COUNTRY NOT SPECIFIED"
# Product and event in capitals, of what a label names alone or in a group.
IN_A_LABEL = {
    (row.product_id, event)
    for row in listed.load()
    if row.checked
    for event in (
        [row.event.upper()]
        if row.event
        else [m["event_key"] for m in events.members() if m["event_group"] == row.event_group]
    )
}


@dataclass(frozen=True)
class Counted:
    """Distinct cases (`case`, `stratum`, `received`), their suspect drugs and their reactions."""

    cases: pl.DataFrame
    suspects: pl.DataFrame
    reactions: pl.DataFrame


@dataclass(frozen=True)
class Inbox:
    truth: Truth
    counted: Counted


def read_table(inbox: Path, table: str) -> pl.DataFrame:
    parts: list[pl.DataFrame] = []
    for path in sorted((inbox / "faers").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            name = next(each for each in archive.namelist() if each.startswith(f"ASCII/{table}"))
            parts.append(
                pl.read_csv(
                    io.BytesIO(archive.read(name)),
                    separator="$",
                    quote_char=None,
                    infer_schema=False,
                )
            )
    return pl.concat(parts)


def deleted_ids(inbox: Path) -> list[str]:
    found: list[str] = []
    for path in sorted((inbox / "faers").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            name = next(each for each in archive.namelist() if each.startswith("Deleted/"))
            found += archive.read(name).decode().split()
    return found


def count(inbox: Path) -> Counted:
    demo = read_table(inbox, "DEMO").with_columns(
        pl.col("caseversion").cast(pl.Int64),
        shown=pl.coalesce("occr_country", "reporter_country"),
        number=pl.col("mfr_num").str.replace(r"^[A-Z]{2}-", ""),
    )
    known = (
        demo.filter(~pl.col("shown").is_in(["EU", NOWHERE]))
        .sort("caseid", "caseversion")
        .group_by("caseid", maintain_order=True)
        .agg(known=pl.col("shown").last())
    )
    latest = (
        demo.sort("caseid", "caseversion")
        .group_by("caseid", maintain_order=True)
        .last()
        .filter(~pl.col("caseid").is_in(deleted_ids(inbox)))
        .join(known, on="caseid", how="left", maintain_order="left")
        .with_columns(stratum=pl.coalesce("known", "shown"))
    )
    # A copy repeats the number and the sender, and bears a higher case id.
    numbered = pl.col("number").is_not_null()
    distinct = pl.concat(
        [
            latest.filter(~numbered),
            latest.filter(numbered).unique(["number", "mfr_sndr"], keep="first"),
        ]
    )
    cases = distinct.select("primaryid", "stratum", received="init_fda_dt")
    return Counted(
        cases,
        read_table(inbox, "DRUG")
        .filter(pl.col("role_cod") != "C")
        .select(
            "primaryid", text=pl.concat_str("drugname", "prod_ai", separator=" ", ignore_nulls=True)
        ),
        read_table(inbox, "REAC").select("primaryid", "pt"),
    )


def strata(counted: Counted, pair: TruthPair) -> pl.DataFrame:
    """a, n_p, n_e and n of each stratum, counting distinct cases."""
    named = pl.col("text").str.to_lowercase()
    with_product = counted.suspects.filter(
        named.str.contains(pair.product.lower(), literal=True)
        | named.str.contains(pair.substance, literal=True)
    )["primaryid"].unique()
    with_event = counted.reactions.filter(pl.col("pt") == pair.event)["primaryid"].unique()
    p = pl.col("primaryid").is_in(with_product.to_list())
    e = pl.col("primaryid").is_in(with_event.to_list())
    return (
        counted.cases.group_by("stratum")
        .agg(a=(p & e).sum(), n_p=p.sum(), n_e=e.sum(), n=pl.len())
        .sort("stratum")
    )


def ic025(a: float, expected: float) -> float:
    return float(np.log2(gamma.ppf(0.025, a + 0.5) / (expected + 0.5)))


def flags(table: pl.DataFrame) -> bool:
    """IC025 > 0, ROR025 > 1 and n >= 3 on a stratified table, the odds ratio Mantel-Haenszel's."""
    a, n_p, n_e, n = (
        table[column].cast(pl.Float64).to_numpy() for column in ("a", "n_p", "n_e", "n")
    )
    b, c = n_p - a, n_e - a
    d = n - a - b - c
    r, s = a * d / n, b * c / n
    if a.sum() < 3 or s.sum() == 0:
        return False
    # Robins, Breslow and Greenland 1986.
    p, q = (a + d) / n, (b + c) / n
    variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    ror025 = r.sum() / s.sum() * np.exp(-1.96 * np.sqrt(variance))
    return ror025 > 1 and ic025(a.sum(), (n_p * n_e / n).sum()) > 0


def with_fewer(table: pl.DataFrame, cases: int) -> pl.DataFrame:
    """The strata with so many of the joint cases only, the first countries' taken out."""
    left = pl.col("a").cum_sum().clip(lower_bound=table["a"].sum() - cases)
    kept = left.diff().fill_null(left.first() - (table["a"].sum() - cases))
    return table.with_columns(
        a=kept, n_p=pl.col("n_p") - pl.col("a") + kept, n_e=pl.col("n_e") - pl.col("a") + kept
    )


def verdict(table: pl.DataFrame, pair: TruthPair) -> str:
    """METHODS part 7 on the strata of one pair; what was planted as doubtful is left out."""
    crude = table.select(pl.col("a", "n_p", "n_e", "n").sum())
    is_country = table["stratum"].str.len_chars().eq(2) & table["stratum"].ne("EU")
    known = table.filter(table["stratum"] != NOWHERE)
    countries = table.filter(is_country & (table["a"] > 0))
    by_country = any(flags(country) for country in countries.iter_slices(1))
    if (by_country or flags(table)) and (pair.product.lower(), pair.event.upper()) in IN_A_LABEL:
        return "listed"
    if by_country:
        # Whose third case comes last is told by a test of its own.
        return "pooled_first" if pair.kind == "pooled_first" else "country_signal"
    if not flags(table):
        return "confounded_by_country" if flags(crude) else "not_flagged"
    if countries.height < 2 or countries["a"].max() > 0.8 * table["a"].sum():
        return "single_country_driven"
    doubts = {
        "country_unknown": known,
        "duplicate_sensitive": with_fewer(table, table["a"].sum() // 2),
        "stimulated": with_fewer(table, BEFORE_NOTICE),
    }
    doubtful = [doubt for doubt in ("country_unknown", pair.kind) if doubt in doubts]
    return next((doubt for doubt in doubtful if not flags(doubts[doubt])), "pooled_only")


@pytest.fixture(scope="module", params=[1, 2, 3])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Inbox:
    inbox = tmp_path_factory.mktemp("demo") / "inbox"
    return Inbox(write_demo(inbox, seed=request.param), count(inbox))


def pairs_of(demo: Inbox, kind: str) -> list[TruthPair]:
    found = [pair for pair in demo.truth.pairs if pair.kind == kind]
    assert found
    return found


def test_every_planted_pair_has_the_verdict_the_truth_states(demo: Inbox) -> None:
    found = {
        (pair.product, pair.event): verdict(strata(demo.counted, pair), pair)
        for pair in demo.truth.pairs
    }
    expected = {(pair.product, pair.event): pair.expected_verdicts for pair in demo.truth.pairs}
    assert found.keys() == expected.keys()
    assert {pair: found[pair] for pair in expected if found[pair] not in expected[pair]} == {}


def test_every_kind_of_verdict_is_planted(demo: Inbox) -> None:
    planted = [pair for pair in demo.truth.pairs if pair.kind != "labelled"]
    assert {pair.expected_verdicts for pair in planted} == {(v,) for v in VERDICTS.values()}


def test_cases_of_planted_pairs_lie_in_the_countries_the_truth_states(demo: Inbox) -> None:
    planted = [pair for pair in demo.truth.pairs if pair.kind != "labelled"]
    for pair in planted:
        counted = strata(demo.counted, pair).filter(pl.col("a") > 0)
        counts = dict(counted.select("stratum", "a").iter_rows())
        assert counts.pop(NOWHERE, 0) == pair.without_country
        assert counts == pair.cases


def test_distinct_cases_after_versions_deletions_and_copies_are_the_truths(demo: Inbox) -> None:
    assert demo.counted.cases.height == demo.truth.cases == 30_000 - demo.truth.deleted


def test_pooled_only_pairs_have_one_or_two_cases_in_each_of_many_countries(demo: Inbox) -> None:
    """Fewer than the three that a country needs for a signal of its own."""
    for pair in pairs_of(demo, "pooled_only"):
        assert set(pair.cases.values()) <= {1, 2}
        assert len(pair.cases) >= 7


def test_a_pair_that_the_pool_sees_first_reaches_three_cases_in_a_country_only_at_its_end(
    demo: Inbox,
) -> None:
    (pair,) = pairs_of(demo, "pooled_first")
    (leading,) = (country for country, cases in pair.cases.items() if cases == 3)
    named = demo.counted.reactions.filter(pl.col("pt") == pair.event)["primaryid"]
    product = demo.counted.suspects.filter(
        pl.col("text").str.to_lowercase().str.contains(f"{pair.product.lower()}|{pair.substance}")
    )["primaryid"]
    cases = demo.counted.cases.filter(
        pl.col("primaryid").is_in(named.implode()) & pl.col("primaryid").is_in(product.implode())
    ).sort("received")
    assert cases.height == sum(pair.cases.values()) == 10
    assert cases["stratum"].to_list()[-1] == leading


@pytest.mark.parametrize("kind", ["null", "simpson_trap", "stimulated"])
def test_where_the_therapy_does_no_harm_reports_of_it_name_the_event_as_often_as_others(
    demo: Inbox, kind: str
) -> None:
    """What was planted is what the strata expect, unless a notice made people report."""
    for pair in pairs_of(demo, kind):
        table = strata(demo.counted, pair)
        expected = (table["n_p"] * table["n_e"] / table["n"]).sum()
        assert pair.true_ratio == 1
        if kind != "stimulated":
            assert table["a"].sum() == pytest.approx(expected, rel=0.15, abs=1)


def test_the_true_ratio_is_what_was_planted_over_what_is_expected(demo: Inbox) -> None:
    for kind in ("pooled_only", "pooled_first", "country_signal", "single_country_driven"):
        for pair in pairs_of(demo, kind):
            table = strata(demo.counted, pair)
            expected = (table["n_p"] * table["n_e"] / table["n"]).sum()
            assert table["a"].sum() / expected == pytest.approx(pair.true_ratio, rel=0.25), pair


def test_the_simpson_trap_flags_crude_by_far_and_has_no_association_inside(demo: Inbox) -> None:
    (pair,) = pairs_of(demo, "simpson_trap")
    table = strata(demo.counted, pair)
    crude = table.select(pl.col("a", "n_p", "n_e", "n").sum())
    a, n_p, n_e, n = crude.row(0)
    assert a / (n_p * n_e / n) > 3
    expected = (table["n_p"] * table["n_e"] / table["n"]).sum()
    assert a / expected == pytest.approx(1, abs=0.15)


def test_the_leading_country_of_the_driven_pair_never_flags_at_an_earlier_quarter(
    demo: Inbox,
) -> None:
    (pair,) = pairs_of(demo, "single_country_driven")
    leading = max(pair.cases, key=lambda country: pair.cases[country])
    days = ("0331", "0630", "0930", "1231")
    ends = [f"{year}{end}" for year in (2023, 2024, 2025) for end in days][:11]
    for end in ends:
        known = demo.counted.cases.filter(pl.col("received") <= end)
        so_far = strata(Counted(known, demo.counted.suspects, demo.counted.reactions), pair)
        assert not flags(so_far.filter(pl.col("stratum") == leading))


def test_copies_left_in_would_turn_a_pooled_only_pair_into_a_country_signal(
    tmp_path: Path,
) -> None:
    truth = write_demo(tmp_path / "inbox")
    counted = count(tmp_path / "inbox")
    copied = (
        read_table(tmp_path / "inbox", "DEMO")
        .sort("caseid", "caseversion")
        .group_by("caseid", maintain_order=True)
        .last()
        .select("primaryid", stratum=pl.coalesce("occr_country", "reporter_country"))
    )
    naive = Counted(copied, counted.suspects, counted.reactions)
    pairs = [pair for pair in truth.pairs if pair.kind == "pooled_only"]
    found = [verdict(strata(naive, pair), pair) for pair in pairs]
    assert sorted(found) == ["country_signal", "pooled_only"]


def test_a_benchmark_world_of_another_size_keeps_its_truth(tmp_path: Path) -> None:
    truth = write_benchmark(tmp_path / "inbox", cases=60_000, countries=30)
    counted = count(tmp_path / "inbox")
    assert counted.cases.height == truth.cases
    for pair in truth.pairs:
        assert verdict(strata(counted, pair), pair) in pair.expected_verdicts, pair


def test_the_benchmark_refuses_a_world_too_small_to_plant_in(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="12 countries of 400 cases"):
        write_benchmark(tmp_path / "inbox", cases=3_000, countries=20)


def test_the_truth_file_repeats_the_truth_and_says_simulated(tmp_path: Path) -> None:
    truth = write_demo(tmp_path / "inbox")
    written = json.loads((tmp_path / "truth.json").read_text(encoding="utf-8"))
    assert written["simulated"] is True
    assert written["cases"] == truth.cases
    assert [tuple(pair["expected_verdicts"]) for pair in written["pairs"]] == [
        pair.expected_verdicts for pair in truth.pairs
    ]
