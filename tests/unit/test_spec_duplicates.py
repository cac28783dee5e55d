"""The weights of duplicates: the table is whole, and names of fields are one list."""

import pytest
from pydantic import ValidationError

from pv.dictionary.fields.cases import COMPARED as NAMED
from pv.spec import AnalysisSpec
from pv.spec.duplicates import COMPARED, Duplicates

SHIPPED = AnalysisSpec.load().duplicates


def changed(**update: object) -> Duplicates:
    return Duplicates.model_validate({**SHIPPED.model_dump(), **update})


def test_what_is_compared_has_a_name_for_people() -> None:
    assert list(NAMED) == list(COMPARED) == list(SHIPPED.fields)


def test_the_looser_threshold_is_not_above_the_strict_one() -> None:
    with pytest.raises(ValidationError, match="possible_from must not be above linked_from"):
        changed(possible_from=0.995)


def test_only_what_is_counted_is_weighed_by_frequency() -> None:
    levels = [level.model_dump() for level in SHIPPED.level]
    wrong = [
        {**level, "by_frequency": True} if level["field"] == "sex" else level for level in levels
    ]
    with pytest.raises(ValidationError, match="sex: nobody counts how common its values are"):
        changed(level=wrong)


def test_a_field_that_is_missing_is_refused() -> None:
    rest = [level.model_dump() for level in SHIPPED.level if level.field != "lot"]
    with pytest.raises(ValidationError, match="the levels by field must be"):
        changed(level=rest)


def test_m_and_u_leave_room_for_disagreement() -> None:
    levels = [level.model_dump() for level in SHIPPED.level]
    wrong = [{**level, "m": 0.9} if level["field"] == "receipt" else level for level in levels]
    with pytest.raises(ValidationError, match="receipt: m and u of all levels must leave room"):
        changed(level=wrong)
