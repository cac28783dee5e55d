"""Replicates of the disproportionality analysis, by the code that judges a night."""

import pytest

from pv.evaluate.staged import stage, warehouse
from pv.evaluate.verdicts import replicates
from pv.simulate.scenarios.registry import make
from pv.spec import AnalysisSpec

TRAPS = (
    "simpson_trap", "duplicate_inflated", "stimulated_reporting", "single_country_quality_defect",
)  # fmt: skip
EXPECTED_CASES = {"duplicate_inflated": 16, "stimulated_reporting": 16}


@pytest.mark.parametrize("name", TRAPS)
def test_a_trap_gets_its_own_verdict_and_never_pooled_only(name: str) -> None:
    judged = list(replicates(name, range(1, 6), AnalysisSpec.load()))

    assert [each.verdict for each in judged if not each.right] == []
    assert {each.expected for each in judged} == {judged[0].expected}
    if name in EXPECTED_CASES:
        assert {each.n for each in judged} == {EXPECTED_CASES[name]}


@pytest.mark.parametrize("name", ["duplicate_inflated", "stimulated_reporting"])
def test_in_the_traps_that_need_the_pool_no_country_flags(name: str) -> None:
    judged = list(replicates(name, range(11, 14), AnalysisSpec.load()))

    assert [each.countries_flagged for each in judged] == [()] * 3


def test_the_null_is_not_flagged() -> None:
    judged = list(replicates("null", range(1, 6), AnalysisSpec.load()))

    assert sum(each.right for each in judged) >= 4
    assert [each for each in judged if each.verdict == "pooled_only"] == []


@pytest.mark.parametrize("seed", [1_000_010, 1_000_019])
def test_what_chance_does_to_the_rates_of_the_null_is_not_expected_of_its_pair(seed: int) -> None:
    """The truth's verdict is that of the sequential test over time, which chance makes signal."""
    (judged,) = replicates("null", range(seed, seed + 1), AnalysisSpec.load())

    assert make("null", seed).truth["expected_verdicts"] != ["not_flagged"]
    assert (judged.verdict, judged.expected) == ("not_flagged", ("not_flagged",))
    assert judged.right


def test_a_replicate_does_not_depend_on_the_one_before() -> None:
    (alone,) = replicates("simpson_trap", range(8, 9), AnalysisSpec.load())
    *_, after = replicates("simpson_trap", range(7, 9), AnalysisSpec.load())

    assert alone == after


def test_staging_holds_the_lines_that_the_files_would_have() -> None:
    made = make("simpson_trap", 1)
    with warehouse() as con:
        stage(con, made)

        def count(query: str) -> int:
            ((found,),) = con.execute(query).fetchall()
            return found

        reports = "select count(*) from staging.report where action = "
        assert count(f"{reports}'report'") == made.reports.reports.height
        assert count(f"{reports}'delete'") == made.reports.deleted.height
        assert count("select count(*) from staging.report where len(unparsed) > 0") == 0
        assert count("select count(*) from staging.report_drug where role is null") == 0
        assert count("select count(distinct source_report_id) from staging.report_event") == (
            made.reports.reports.height
        )
