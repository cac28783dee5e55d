"""The registry of verdicts and conditions: whole, in itself and with what answers and shows it."""

from itertools import product

import numpy as np

from pv import resources
from pv.dictionary.verdicts import BY_KEY, CLAUSES, CONDITIONS, LISTED, NOT_FLAGGED, VERDICTS
from pv.pairs import answers, signal_conditions

ASKED = [condition.key for condition in CONDITIONS]


def test_every_condition_has_a_verdict_for_the_pairs_that_fail_it() -> None:
    assert {key for clause in CLAUSES for key in clause.fails} == set(ASKED)


def test_a_verdict_requires_conditions_that_are_asked() -> None:
    required = {key for clause in CLAUSES for key in (*clause.fails, *clause.holds)}

    assert required <= set(ASKED)
    assert [c.verdict for c in CLAUSES if not c.fails and not c.holds] == []


def decided(**holds: bool) -> str:
    """The verdict of a pair whose conditions hold, but for those that are named; where a country
    has flagged, the pool was not first."""
    met = dict.fromkeys(ASKED, True) | {"pool_first": False} | holds
    return next(
        clause.verdict
        for clause in CLAUSES
        if not any(met[key] for key in clause.fails) and all(met[key] for key in clause.holds)
    )


def test_whatever_the_answers_are_a_verdict_applies() -> None:
    for holds in product((True, False), repeat=len(ASKED)):
        assert decided(**dict(zip(ASKED, holds, strict=True))) in BY_KEY


def test_the_verdict_table() -> None:
    assert decided() == "pooled_only"
    assert decided(confirmed=False) == "watch"
    assert decided(no_country=False) == "country_signal"
    assert decided(no_country=False, confirmed=False) == "watch"
    # What a label lists, or the product is given for, is so whoever flags it.
    for others in product((True, False), repeat=len(ASKED) - 2):
        met = dict(
            zip(
                [key for key in ASKED if key not in {"not_listed", "indication"}],
                others,
                strict=True,
            )
        )
        assert decided(**met, indication=False) == "indication"
        assert decided(**met, indication=False, not_listed=False) == "listed"
    # What was confirmed before stays first, whatever is asked of it now.
    for condition in set(ASKED[2:]) - {"not_listed", "indication"}:
        doubt = {condition: False}
        assert decided(no_country=False, pool_first=True, **doubt) == "pooled_first"
    # Claims of the pool are doubted by name before chance is asked, flags of a country are not.
    for condition, verdict in {
        "direction": "confounded_by_country",
        "time": "confounded_by_time",
        "spread": "single_country_driven",
        "known_country": "country_unknown",
        "duplicates": "duplicate_sensitive",
        "notices": "stimulated",
    }.items():
        doubt = {condition: False}
        assert decided(**doubt) == decided(**doubt, confirmed=False) == verdict
        assert decided(**doubt, no_country=False) == "country_signal"
        assert decided(**doubt, no_country=False, confirmed=False) == "watch"


def test_every_verdict_but_that_of_unflagged_pairs_has_a_clause() -> None:
    assert list(dict.fromkeys(clause.verdict for clause in CLAUSES)) == [v.key for v in VERDICTS]


def test_every_verdict_is_listed_once() -> None:
    assert sorted(LISTED) == sorted(v.key for v in (*VERDICTS, NOT_FLAGGED))
    assert set(BY_KEY) == set(LISTED)
    assert len(VERDICTS) + 1 == len(BY_KEY)


def test_every_condition_is_answered_in_one_place() -> None:
    folder = resources.root() / "sql" / "pairs" / "conditions"
    by_sql = [file.stem.removeprefix("answer_") for file in folder.glob("answer_*.sql")]

    by_others = [c.key for c in CONDITIONS if c.answered_by == "others"]
    assert sorted([*answers.ANSWERED, *by_sql, *by_others]) == sorted(ASKED)
    assert by_others == ["pool_first", "confirmed"] == [ASKED[1], ASKED[-1]]
    assert sorted(by_sql) == sorted(c.key for c in CONDITIONS if c.answered_by == "sql")


def test_the_requirements_of_the_sql_are_those_of_the_registry() -> None:
    columns = signal_conditions.requirements()
    rows = set(zip(columns["verdict"], columns["condition"], columns["holds"], strict=True))

    assert ("single_country_driven", "spread", False) in rows
    assert {condition for verdict, condition, holds in rows if verdict == "pooled_only"} == set(
        ASKED
    ) - {"pool_first"}
    # In the order decided, and of each verdict in the order asked.
    place = columns["verdict_place"] * len(ASKED) + columns["condition_place"]
    assert (np.diff(place) > 0).all()
