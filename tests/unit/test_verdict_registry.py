"""The registry of verdicts and conditions: whole, in itself and with what answers and shows it."""

import numpy as np

from pv import resources
from pv.dictionary.verdicts import BY_KEY, CONDITIONS, LISTED, NOT_FLAGGED, VERDICTS
from pv.pairs import answers

ASKED = [condition.key for condition in CONDITIONS]


def test_every_condition_has_a_verdict_for_the_pairs_that_fail_it() -> None:
    assert {key for verdict in VERDICTS for key in verdict.fails} == set(ASKED)


def test_a_verdict_requires_conditions_that_are_asked() -> None:
    required = {key for verdict in VERDICTS for key in (*verdict.fails, *verdict.holds)}

    assert required <= set(ASKED)
    assert [v.key for v in VERDICTS if not v.fails and not v.holds] == []


def test_whatever_the_answers_are_a_verdict_applies() -> None:
    """The last one asks that everything holds, and each failing answer has its own before it."""
    last = VERDICTS[-1]

    assert last.fails == ()
    assert sorted(last.holds) == sorted(ASKED)


def test_every_verdict_is_listed_once() -> None:
    assert sorted(LISTED) == sorted(v.key for v in (*VERDICTS, NOT_FLAGGED))
    assert set(BY_KEY) == set(LISTED)
    assert len(VERDICTS) + 1 == len(BY_KEY)


def test_every_condition_is_answered_in_one_place() -> None:
    folder = resources.root() / "sql" / "pairs" / "conditions"
    by_sql = [file.stem.removeprefix("answer_") for file in folder.glob("answer_*.sql")]

    assert sorted([*answers.ANSWERED, *by_sql]) == sorted(ASKED)
    assert sorted(by_sql) == [c.key for c in CONDITIONS if c.answered_by == "sql"]


def test_the_requirements_of_the_sql_are_those_of_the_registry() -> None:
    columns = answers.requirements()
    rows = set(zip(columns["verdict"], columns["condition"], columns["holds"], strict=True))

    assert ("single_country_driven", "spread", False) in rows
    assert {condition for verdict, condition, holds in rows if verdict == "pooled_only"} == set(
        ASKED
    )
    # In the order decided, and of each verdict in the order asked.
    place = columns["verdict_place"] * len(ASKED) + columns["condition_place"]
    assert (np.diff(place) > 0).all()
