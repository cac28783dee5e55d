"""The linkage by evidence on persons told of twice, whose truth is known."""

from dataclasses import astuple

import pytest

from pv.evaluate.linkage import Rightness, measure
from pv.spec import AnalysisSpec
from pv.spec.duplicates import measured


@pytest.fixture(scope="module")
def found() -> list[Rightness]:
    return measure(AnalysisSpec.load().duplicates, seed=1)


def test_pairs_across_sources_are_found_and_nearly_all_that_are_linked_are_right(found) -> None:
    across = [row for row in found if row.sources == "e2b_r3 and faers"]
    told = sum(row.told for row in across)
    assert told >= 1_500
    assert sum(row.right for row in found) >= 0.95 * sum(row.linked for row in found)
    assert sum(row.found for row in across) >= 0.90 * told


def test_the_figures_that_every_page_prints_are_those_of_this_program(found) -> None:
    shipped = [tuple(row.values()) for row in measured(AnalysisSpec.load().duplicates)]
    assert shipped == [tuple(map(str, astuple(row))) for row in found]


def test_other_weights_are_not_said_to_be_measured() -> None:
    spec = AnalysisSpec.load().duplicates
    assert measured(spec.model_copy(update={"linked_from": 0.999})) == []
