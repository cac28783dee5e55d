"""Fellegi-Sunter weights of two cases: worked by hand from the table."""

import math

import numpy as np
import pytest

from pv.spec import AnalysisSpec
from pv.spec.linkage import Level, Linkage

SHIPPED = AnalysisSpec.load().linkage
MODEL = Linkage(
    version=1,
    pseudo_cases=50,
    remaining=0.05,
    level=(
        Level(field="age", says="same age", m=0.9, u=0.04),
        Level(field="age", says="near age", m=0.05, u=0.06),
        Level(field="sex", says="sex", m=0.98, u=0.5),
        *(level for level in SHIPPED.level if level.field not in ("age", "sex")),
    ),
)


def weight(**columns: float) -> float:
    given = {**dict.fromkeys(MODEL.fields, 0), **columns}
    return float(MODEL.weight({name: np.array([value]) for name, value in given.items()})[0])


def test_missing_values_are_no_evidence() -> None:
    assert weight() == 0


def test_agreement_weighs_m_over_u_and_fields_add_up() -> None:
    assert weight(age=1) == pytest.approx(math.log(0.9 / 0.04))
    assert weight(age=1, sex=1) == pytest.approx(math.log(0.9 / 0.04) + math.log(0.98 / 0.5))


def test_disagreement_weighs_what_is_left_of_m_over_what_is_left_of_u() -> None:
    assert weight(age=-1) == pytest.approx(math.log((1 - 0.9 - 0.05) / (1 - 0.04 - 0.06)))


def test_a_rare_value_weighs_more_and_a_common_one_less() -> None:
    """Of 102 cases 2 are of the age, the two compared; of 102 others 72."""
    rare = weight(age=1, age_alike_1=2, age_known=102)
    common = weight(age=1, age_alike_1=72, age_known=102)

    assert rare == pytest.approx(math.log(0.9 / ((50 * 0.04 + 0) / (50 + 100))))
    assert common == pytest.approx(math.log(0.9 / ((50 * 0.04 + 70) / (50 + 100))))


def test_what_all_patients_share_is_no_evidence_and_never_speaks_against() -> None:
    assert weight(sex=1, sex_alike_1=100_002, sex_known=100_002) == 0


def test_disagreement_never_speaks_for_a_match() -> None:
    """Nearly all are of one sex: two that differ are rarer still, and no more alike for it."""
    assert weight(sex=-1, sex_alike_1=100_002, sex_known=100_002) == 0


def test_the_prior_is_spread_over_the_other_cases_of_the_pair() -> None:
    """0.05 other reports among 5 others: odds 0.01; weights are natural logarithms."""
    [even] = MODEL.probability(np.array([math.log(100)]), np.array([6]))
    [low] = MODEL.probability(np.array([math.log(100)]), np.array([51]))

    assert even == pytest.approx(0.5)
    assert low == pytest.approx(0.1 / 1.1)


def test_no_pair_gives_the_probability_below_the_least_weight() -> None:
    least = MODEL.least_weight(0.8)

    assert MODEL.probability(np.array([least]), np.array([2]))[0] == pytest.approx(0.8)


def test_words_are_those_of_the_level_that_agrees() -> None:
    nothing = {name: np.zeros(3, dtype=int) for name in MODEL.fields}
    said = MODEL.says({**nothing, "age": np.array([2, 1, 0]), "sex": np.array([-1, 1, 0])})

    assert said["age"].tolist() == ["near age", "same age", ""]
    assert said["sex"].tolist() == ["", "sex", ""]


def test_the_shipped_table_is_one_of_probabilities_and_agreement_speaks_for_a_match() -> None:
    for levels in SHIPPED.fields.values():
        assert sum(level.m for level in levels) < 1
        assert sum(level.u for level in levels) < 1
    # Two levels may each say less than no evidence ("age within 10%"), the first never does.
    assert all(levels[0].m > levels[0].u for levels in SHIPPED.fields.values())


def test_the_fields_are_those_that_the_sql_compares_and_names() -> None:
    """sql/pairs/compared has a column and sql/pairs/possible_duplicates a word for each."""
    assert list(SHIPPED.fields) == [
        "sex", "age", "day", "month", "lot", "country", "receipt", "drugs", "events",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"level": SHIPPED.level[1:]}, "levels by field"),
        ({"level": (*SHIPPED.level, SHIPPED.level[0])}, "levels by field"),
        ({"level": (Level(field="name", says="", m=0.5, u=0.1), *SHIPPED.level)}, "levels by"),
        ({"level": tuple(lv.model_copy(update={"m": 0.5}) for lv in SHIPPED.level)}, "age: m and"),
        ({"remaining": 0}, "remaining"),
    ],
)  # fmt: skip
def test_a_table_that_the_comparison_cannot_use_is_refused(changed: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Linkage.model_validate({**dict(SHIPPED), **changed})
