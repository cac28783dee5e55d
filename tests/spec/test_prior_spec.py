"""METHODS part 2: reports too few to determine a prior leave EB05 empty, and never a guess."""

import pytest

from pv.errors import PoolvigilError


@pytest.fixture
def few_reports(world):
    world.report("""
        times | country | drugs   | events
        3     | DE      | KYMRIAH | Deafness
        5     | DE      | ASPIRIN | Nausea
        2     | FR      | ASPIRIN | Deafness
        9     | FR      | ASPIRIN | Nausea
    """)
    return world


def test_without_a_prior_the_bayesian_figures_are_empty_and_the_reason_is_kept(few_reports) -> None:
    few_reports.signals()
    [(identified, refusal, alpha1)] = few_reports.all(
        "select identified, refusal, alpha1 from mart.prior"
    )
    assert (identified, alpha1) == (False, None)
    assert "too little information" in refusal
    assert few_reports.all(
        "select count(*) > 0, count(ebgm), count(eb05), count(eb95) from mart.pair"
    ) == [(True, 0, 0, 0)]


def test_a_rule_that_needs_eb05_stops_with_its_reason(few_reports) -> None:
    with pytest.raises(
        PoolvigilError,
        match=r"^rule fda needs EB05, but the GPS prior is not identified: the table holds too "
        r"little information.*; use another rule until there are more reports$",
    ):
        few_reports.signals("fda")
