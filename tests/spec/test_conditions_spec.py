"""The finer conditions of a pooled-only verdict, and how answers become a verdict."""

from datetime import date

import duckdb
import pytest

from pv.dictionary.verdicts import CONDITIONS
from pv.errors import PublishError
from pv.pairs import judge
from pv.warehouse.relations import run

# No country flags on its own few cases; five of them together do.
_OTHERS = """
    times | received   | country | drugs   | events
    6     | 2023-01-15 | {0}     | KYMRIAH | Nausea
    3     | 2023-01-15 | {0}     | ASPIRIN | {1}
    400   | 2023-01-15 | {0}     | ASPIRIN | Nausea
"""
EVENT = "Deafness"
T_CELL = "T-cell lymphoma"
# Labels of CAR-T list it from June 2024 on.
BEFORE_IT_IS_LISTED = "2024-05-31"
FIVE = ("DE", "FR", "IT", "ES", "PT")


def _others(world, countries: tuple[str, ...], event: str = EVENT) -> None:
    for country in countries:
        world.report(_OTHERS.format(country, event))


def _signal(world, columns: str, event: str = EVENT) -> tuple:
    [row] = world.all(
        f"select {columns} from mart.signal where product = 'Kymriah' and event = '{event}' "
        "and event_kind = 'event'"
    )
    return row


# Three persons, each reported by two countries, a year of age and some days apart.
THREE_TWICE = """
    country | sex    | age | onset      | drugs   | events
    DE      | F      | 54  | 2023-03-02 | KYMRIAH | Deafness
    FR      | F      | 55  | 2023-03-02 | KYMRIAH | Deafness
    IT      | M      | 31  | 2023-06-20 | KYMRIAH | Deafness
    ES      | M      | 31  | 2023-06-22 | KYMRIAH | Deafness
    PT      | F      | 70  | 2023-09-11 | KYMRIAH | Deafness
    AT      | F      | 71  | 2023-09-11 | KYMRIAH | Deafness
"""
SIX = ("DE", "FR", "IT", "ES", "PT", "AT")


def test_three_persons_reported_twice_are_duplicate_sensitive(world) -> None:
    """With n >= 4 asked for, six cases flag and three persons do not."""
    _others(world, SIX)
    world.report(THREE_TWICE)
    world.signals(n_min=4)
    assert _signal(world, "verdict, n, n_joined") == ("duplicate_sensitive", 6, 3)
    assert _signal(world, "reasons[1]") == (
        "The pool flags it, but 3 of the 6 cases may be other reports of a person already "
        "counted; were they, it would not be a signal of the pool.",
    )


def test_the_same_with_six_clearly_different_persons_is_pooled_only(world) -> None:
    _others(world, SIX)
    world.report("""
        country | sex    | age | onset      | drugs   | events
        DE      | F      | 54  | 2023-03-02 | KYMRIAH | Deafness
        FR      | M      | 21  | 2023-03-02 | KYMRIAH | Deafness
        IT      | M      | 31  | 2023-06-20 | KYMRIAH | Deafness
        ES      | F      | 62  | 2023-11-22 | KYMRIAH | Deafness
        PT      | F      | 70  | 2023-09-11 | KYMRIAH | Deafness
        AT      | F      | 71  | 2023-12-30 | KYMRIAH | Deafness
    """)
    world.signals(n_min=4)
    assert _signal(world, "verdict, n, n_joined") == ("pooled_only", 6, 6)
    assert world.all("select * from mart.possible_duplicate") == []


def test_a_pair_that_stands_without_its_suspected_duplicates_is_pooled_only_and_says_so(
    world,
) -> None:
    _others(world, SIX)
    world.report(THREE_TWICE)
    world.signals()
    verdict, n_joined, reasons = _signal(world, "verdict, n_joined, reasons")
    assert (verdict, n_joined) == ("pooled_only", 3)
    assert "It stands also when 3 possible duplicates are left out." in reasons


def test_suspected_duplicates_name_what_agrees_and_no_value(world) -> None:
    _others(world, SIX)
    world.report(THREE_TWICE)
    world.signals()
    found = world.all("""
        select x.country, y.country, s.agreement, s.match_probability
        from mart.possible_duplicate s
        join core.case x using (case_id)
        join core.case y on y.case_id = s.other_case_id
        where s.event = 'Deafness'
        order by s.case_id
    """)
    received = "first received within 90 days"
    assert [(x, y, agreement) for x, y, agreement, _ in found] == [
        ("DE", "FR", ["sex", "age within 1 year", "same day of the event", received]),
        ("IT", "ES", ["sex", "age within 1 year", "event within 7 days", received]),
        ("PT", "AT", ["sex", "age within 1 year", "same day of the event", received]),
    ]
    # The same day is rarer than the same week; the threshold is half.
    same_day, same_week, _ = (probability for *_, probability in found)
    assert 0.5 <= same_week < 0.95 < same_day


def test_cases_are_joined_transitively(world) -> None:
    """A is like B and B like C; A and C are 14 days apart. One person: 6 cases, 4 persons."""
    _others(world, SIX)
    world.report("""
        country | sex    | age | onset      | drugs   | events
        DE      | F      | 54  | 2023-03-01 | KYMRIAH | Deafness
        FR      | F      | 54  | 2023-03-08 | KYMRIAH | Deafness
        IT      | F      | 54  | 2023-03-15 | KYMRIAH | Deafness
        ES      | M      | 12  | 2021-11-22 | KYMRIAH | Deafness
        PT      | M      | 30  | 2022-09-11 | KYMRIAH | Deafness
        AT      | M      | 71  | 2020-12-30 | KYMRIAH | Deafness
    """)
    world.signals()
    assert _signal(world, "n, n_joined") == (6, 4)
    assert world.all("select count(*) from mart.possible_duplicate where event = 'Deafness'") == [
        (2,)
    ]


def test_what_rests_on_cases_without_a_country_is_country_unknown(world) -> None:
    """Of five cases three tell no country or a masked one; two alone are no three."""
    _others(world, ("DE", "FR", "US"))
    world.report("""
        times | country | drugs   | events
        1     | DE      | KYMRIAH | Deafness
        1     | US      | KYMRIAH | Deafness
        1     | FR      | KYMRIAH | Deafness
        1     |         | KYMRIAH | Deafness
        1     | EU      | KYMRIAH | Deafness
        3     |         | ASPIRIN | Deafness
        400   |         | ASPIRIN | Nausea
        400   | EU      | ASPIRIN | Nausea
    """)
    world.signals(n_min=4)
    assert _signal(world, "verdict, n") == ("country_unknown", 5)
    assert _signal(world, "reasons[1]") == (
        "The pool flags it, but not on the 3 cases of a known country alone: 2 have none.",
    )
    world.signals(n_min=3)
    assert _signal(world, "verdict, n") == ("pooled_only", 5)


def test_when_joining_leaves_one_country_nearly_alone_it_is_duplicate_sensitive(world) -> None:
    """JP has 9 of 13 cases; three of the others are one person, and then it has 9 of 11."""
    world.report("""
        times | country | drugs   | events
        9     | JP      | KYMRIAH | Deafness
        38    | JP      | KYMRIAH | Nausea
        41    | JP      | ASPIRIN | Deafness
        412   | JP      | ASPIRIN | Nausea
        1     | IT      | KYMRIAH | Deafness
    """)
    _others(world, ("FR", "IT", "ES", "PT"))
    for country in ("FR", "ES", "PT"):
        world.report(f"""
            country   | sex    | age | onset      | drugs   | events
            {country} | F      | 54  | 2023-03-02 | KYMRIAH | Deafness
        """)
    world.signals()
    assert _signal(world, "n, n_joined, verdict") == (13, 11, "duplicate_sensitive")
    # The rule itself still holds on 11 cases against 4.7 + 2 * 28 / 410 + 2 * 18 / 409.
    world.signals(max_country_share=0.9, homogeneity_alpha=0)
    assert _signal(world, "n, n_joined, verdict") == (13, 11, "pooled_only")


def test_a_value_that_all_patients_of_the_product_share_tells_no_two_apart(world) -> None:
    """Infants of one sex whose events fell in one month: like one another, and not the same."""
    _others(world, SIX)
    world.report("""
        times | country | sex  | age | onset      | drugs   | events
        200   | US      | M    | 1   | 2023-03-14 | KYMRIAH | Nausea
        200   | US      | M    | 1   | 2023-03-25 | KYMRIAH | Nausea
    """)
    for country, day in zip(SIX, ("02", "04", "06", "08", "10", "12"), strict=True):
        world.report(f"""
            country   | sex  | age | onset         | drugs   | events
            {country} | M    | 1   | 2023-03-{day} | KYMRIAH | Deafness
        """)
    world.signals()
    assert _signal(world, "n, n_joined") == (6, 6)


def test_countries_that_differ_by_more_than_chance_are_an_attribute_and_no_verdict(world) -> None:
    """JP expects 9.8 of the 10 and has 2; ten small countries have 2 each and expect 0.1."""
    world.report("""
        times | country | drugs   | events
        2     | JP      | KYMRIAH | Deafness
        98    | JP      | KYMRIAH | Nausea
        96    | JP      | ASPIRIN | Deafness
        804   | JP      | ASPIRIN | Nausea
    """)
    small = ("DE", "FR", "IT", "ES", "PT", "AT", "BE", "DK", "FI", "SE")
    _others(world, small)
    for country in small:
        world.report(f"""
            times | country   | drugs   | events
            2     | {country} | KYMRIAH | Deafness
        """)
    world.signals()
    columns = "verdict, n, heterogeneous, homogeneity_p, countries_flagged, reasons"
    verdict, n, heterogeneous, p, alone, reasons = _signal(world, columns)
    assert (verdict, n, heterogeneous, alone) == ("pooled_only", 22, True, [])
    assert p < 0.01
    # Of the ten with 2 where 9 * 5 / 411 are expected the first three in the alphabet are named.
    assert (
        "The countries differ by more than chance (p 0.004): the excess is mostly in AT, BE, DE."
        in reasons
    )
    world.signals(homogeneity_alpha=0)
    assert _signal(world, "verdict, heterogeneous") == ("pooled_only", False)


def _t_cell(world, before: int, after: int) -> None:
    """T-cell lymphoma in five countries, before and after FDA's notice of 28 November 2023."""
    _others(world, FIVE, T_CELL)
    for received, countries in (("2023-06-15", FIVE[:before]), ("2024-03-15", FIVE[:after])):
        for country in countries:
            world.report(f"""
                received   | country   | drugs   | events
                {received} | {country} | KYMRIAH | T-cell lymphoma
            """)


def test_cases_after_a_notice_alone_make_it_stimulated(world) -> None:
    _t_cell(world, before=1, after=5)
    world.signals(as_of=BEFORE_IT_IS_LISTED)
    verdict, n, n_before, day, reasons = _signal(
        world, "verdict, n, n_before_notice, notice_date::varchar, reasons", T_CELL
    )
    assert (verdict, n, n_before, day) == ("stimulated", 6, 1, "2023-11-28")
    assert reasons[0] == (
        "The pool flags it, but not on the 1 case received by 2023-11-28, the day of a public "
        "notice (FDA: Investigation of T-cell malignancy after BCMA- or CD19-directed CAR-T)."
    )
    # An event group of which it is a member, likewise.
    assert world.all("""
        select verdict, n_before_notice from mart.signal
        where product = 'Kymriah' and event = 'Secondary T-cell malignancy'
    """) == [("stimulated", 1)]


def test_what_stood_before_the_notice_stands(world) -> None:
    _t_cell(world, before=5, after=2)
    world.signals(as_of=BEFORE_IT_IS_LISTED)
    verdict, n, n_before, reasons = _signal(world, "verdict, n, n_before_notice, reasons", T_CELL)
    assert (verdict, n, n_before) == ("pooled_only", 7, 5)
    assert any(reason.startswith("It stood already on the 5 cases") for reason in reasons)


def test_a_notice_after_the_look_is_not_known(world) -> None:
    _t_cell(world, before=5, after=0)
    world.signals(as_of="2023-10-31")
    assert _signal(world, "verdict, notice_date", T_CELL) == ("pooled_only", None)


def test_a_notice_on_another_event_changes_nothing(world) -> None:
    _others(world, FIVE)
    for country in FIVE:
        world.report(f"""
            received   | country   | drugs   | events
            2024-03-15 | {country} | KYMRIAH | Deafness
        """)
    world.signals()
    assert _signal(world, "verdict, notice_date") == ("pooled_only", None)


def test_a_notice_on_another_product_changes_nothing(world) -> None:
    """Skysona's hepatic failure: the notices are about Zolgensma and Elevidys."""
    for country in FIVE:
        world.report(f"""
            times | received   | country   | drugs   | events
            6     | 2023-01-15 | {country} | SKYSONA | Nausea
            1     | 2025-09-15 | {country} | SKYSONA | Acute hepatic failure
            3     | 2023-01-15 | {country} | ASPIRIN | Acute hepatic failure
            400   | 2023-01-15 | {country} | ASPIRIN | Nausea
        """)
    world.signals(as_of="2025-12-31")
    assert world.all("""
        select verdict, notice_date, n_before_notice from mart.signal
        where product = 'Skysona' and event = 'Acute hepatic failure'
    """) == [("pooled_only", None, None)]


def test_a_notice_of_the_home_is_heeded_and_the_earliest_counts(world, tmp_path) -> None:
    header = "notice_id,product_id,platform,event_group,event,issuer,notice_date,title,confidence"
    (tmp_path / "notice.csv").write_text(
        f"{header},source\n"
        "a,kymriah,,,Deafness,BfArM,2024-02-01,Letter on hearing loss,high,own\n"
        "b,,,,DEAFNESS,MHRA,2024-05-01,All advanced therapies,high,own\n"
    )
    _others(world, FIVE)
    for country in FIVE:
        world.report(f"""
            received   | country   | drugs   | events
            2024-03-15 | {country} | KYMRIAH | Deafness
        """)
    world.signals(overrides=tmp_path)
    assert _signal(world, "verdict, notice_date::varchar, n_before_notice") == (
        "stimulated",
        "2024-02-01",
        0,
    )


def test_duplicates_are_decided_before_the_notice(world) -> None:
    _t_cell(world, before=0, after=0)
    world.report(THREE_TWICE.replace("Deafness", T_CELL))
    world.signals(n_min=4, as_of=BEFORE_IT_IS_LISTED)
    # All six were received in 2024, after the notice.
    assert _signal(world, "verdict, n_joined, n_before_notice", T_CELL) == (
        "duplicate_sensitive",
        3,
        0,
    )


def test_a_country_signal_stays_one_whatever_the_finer_conditions_say(world) -> None:
    _others(world, ("DE", "FR"), T_CELL)
    world.report("""
        times | received   | country | drugs   | events
        4     | 2024-03-15 | DE      | KYMRIAH | T-cell lymphoma
        1     | 2024-03-15 | FR      | KYMRIAH | T-cell lymphoma
    """)
    world.signals(as_of=BEFORE_IT_IS_LISTED)
    verdict, reasons = _signal(world, "verdict, reasons", T_CELL)
    assert verdict == "country_signal"
    assert any(r.startswith("5 of its 5 cases were received after") for r in reasons)


@pytest.mark.parametrize("rule", ["default", "ema", "evans", "uppsala"])
def test_every_preset_answers_all_conditions_of_what_it_calls_pooled_only(world, rule) -> None:
    _others(world, SIX)
    world.report(THREE_TWICE)
    world.signals(rule)
    verdict, n_joined, p = _signal(world, "verdict, n_joined, homogeneity_p")
    assert verdict in {"pooled_only", "duplicate_sensitive"}
    assert n_joined == 3
    assert p > 0.5


DECIDE = {"as_of": date(2024, 12, 31), "rule": "the rule", "homogeneity_alpha": 0.01}


def _pooled_only(world) -> None:
    """Six different persons in six countries."""
    _others(world, SIX)
    for country in SIX:
        world.report(f"""
            country   | drugs   | events
            {country} | KYMRIAH | Deafness
        """)


@pytest.mark.parametrize("condition", [c.key for c in CONDITIONS if c.key != "pool_first"])
def test_a_condition_without_an_answer_is_an_error_and_no_pass(world, condition: str) -> None:
    _pooled_only(world)
    world.signals()
    assert _signal(world, "verdict") == ("pooled_only",)
    world.con.execute(
        "delete from pair_answer a using event_code e "
        "where e.event_no = a.event_no and e.event = $event and a.condition = $condition",
        {"event": EVENT, "condition": condition},
    )
    with pytest.raises(duckdb.Error, match=f"Deafness.*no answer to the condition {condition}"):
        run(world.con, "pairs/verdict", DECIDE)


def test_conditions_that_the_verdict_does_not_rest_on_need_not_be_answered(world) -> None:
    _others(world, ("DE", "FR"))
    world.report("""
        times | country | drugs   | events
        4     | DE      | KYMRIAH | Deafness
    """)
    world.signals()
    assert _signal(world, "verdict") == ("country_signal",)
    world.con.execute(
        "delete from pair_answer "
        "where condition not in "
        "('not_listed', 'indication', 'no_country', 'pool_first', 'confirmed')"
    )
    world.con.execute("delete from mart.signal")
    run(world.con, "pairs/verdict", DECIDE)
    assert _signal(world, "verdict") == ("country_signal",)
    # Whether the pool was first is asked where a country has flagged.
    world.con.execute("delete from pair_answer where condition = 'pool_first'")
    with pytest.raises(duckdb.Error, match=r"Deafness.*no answer to the condition pool_first"):
        run(world.con, "pairs/verdict", DECIDE)


def test_each_answer_stands_in_a_row_with_its_evidence_and_its_reason(world) -> None:
    _others(world, SIX)
    world.report(THREE_TWICE)
    world.signals(n_min=4)
    found = world.all("""
        select condition, holds, evidence, reason from mart.signal_condition
        where product = 'Kymriah' and event = 'Deafness' order by condition
    """)
    assert [(condition, holds) for condition, holds, _, _ in found] == [
        ("confirmed", False),
        ("direction", True),
        ("duplicates", False),
        ("indication", True),
        ("known_country", True),
        ("no_country", True),
        ("not_listed", True),
        ("notices", True),
        ("spread", True),
        ("time", True),
    ]
    by_name = {condition: (evidence, reason) for condition, _, evidence, reason in found}
    assert by_name["spread"] == (
        '{"n": 6, "n_countries": 6, "n_top": 1, "n_worst": 1}',
        None,
    )
    assert by_name["duplicates"][0] == '{"n": 6.0, "n_joined": 3.0}'
    assert by_name["duplicates"][1] == _signal(world, "reasons[1]")[0]


def test_of_a_pair_that_is_flagged_nowhere_nothing_is_asked(world) -> None:
    _pooled_only(world)
    world.signals()
    assert (
        world.all("""
        select distinct product, event from mart.signal_condition
        except
        select product, event from mart.signal where verdict <> 'not_flagged'
    """)
        == []
    )
    assert world.all("""
        select count(*) from mart.signal where verdict = 'not_flagged' and len(reasons) > 0
    """) == [(0,)]


# What must not be in a state, and what the audit says of it.
WRONG = {
    "delete from mart.signal where event = 'Deafness'": "another number of rows",
    "update mart.pair set n = n + 1 where event = 'Deafness'": "not the sum over strata",
    "update mart.pair_country set d = -1": "a 2x2 table is negative",
    "update mart.signal set verdict = 'not_flagged' where verdict = 'pooled_only'":
        "does not fit what is flagged",
    "update mart.signal set verdict = 'stimulated', reasons = ['x'] where verdict = 'not_flagged'":
        "does not fit what is flagged",
    "update mart.pair_country set flagged = true where event = 'Nausea'":
        "does not fit what is flagged",
    "update mart.signal set countries_flagged = ['DE'] where verdict = 'pooled_only'":
        "does not fit what is flagged",
    "update mart.signal set confirmed = false where verdict = 'pooled_only'":
        "chance does not bear out",
    "update mart.signal set verdict = 'watch' where verdict = 'pooled_only'":
        "chance does not bear out",
    "update mart.signal set q_value = null": "chance does not bear out",
    "update mart.signal set reasons = []": "without a reason",
    "insert into mart.signal_condition from mart.signal_condition": "answered twice",
    "update mart.signal_condition set holds = false, reason = null": "fails without a reason",
    "update mart.signal set n_joined = n + 1": "joined or early cases that cannot be",
    "update mart.signal set notice_date = as_of": "joined or early cases that cannot be",
    "insert into mart.possible_duplicate values ('P', 'E', 'event', 1, 999999, 0.9, [])":
        "a possible duplicate that does not count",
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_a_state_that_cannot_be_is_not_kept(world, wrong: str) -> None:
    _pooled_only(world)
    world.signals()
    judge.audit(world.con)
    world.con.execute(wrong)
    with pytest.raises(PublishError, match=WRONG[wrong]):
        judge.audit(world.con)
