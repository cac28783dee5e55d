"""A backtest asks the looks of a history: small worlds, replayed, with what each look must date."""

from datetime import date

import pytest

from pv.backtest import looks
from pv.backtest.looks import Looks, Seen
from pv.backtest.result import Backtest, Gain
from pv.backtest.truth import Known

JANUARY, FEBRUARY, MARCH = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31)
Q_MAX = (0.2, 0.1)

# Five countries report one case each in January; Germany has five more in March. Nausea after
# ibuprofen is what anybody reports; three cases of a rash have no country.
REPORTS = """
received   | country | drugs     | events  | times
2024-01-10 | DE      | ibuprofen | Nausea  | 150
2024-01-10 | FR      | ibuprofen | Nausea  | 150
2024-01-10 | IT      | ibuprofen | Nausea  | 150
2024-01-10 | ES      | ibuprofen | Nausea  | 150
2024-01-10 | JP      | ibuprofen | Nausea  | 150
2024-01-11 |         | ibuprofen | Nausea  | 150
2024-01-12 | DE      | kymriah   | Nausea  | 9
2024-01-12 | FR      | kymriah   | Nausea  | 9
2024-01-12 | IT      | kymriah   | Nausea  | 9
2024-01-12 |         | kymriah   | Nausea  | 9
2024-01-20 | DE      | kymriah   | Deafness | 1
2024-01-20 | FR      | kymriah   | Deafness | 1
2024-01-20 | IT      | kymriah   | Deafness | 1
2024-01-20 | ES      | kymriah   | Deafness | 1
2024-01-20 | JP      | kymriah   | Deafness | 1
2024-02-15 |         | kymriah   | Rash    | 6
2024-03-15 | DE      | kymriah   | Deafness | 5
"""

KNOWN = (
    Known("Kymriah", "deafness", None, "positive", "2024-03", "an authority"),
    Known("kymriah", "Nausea", "event", "control"),
    Known("ibuprofen", "Nausea", None, "control"),
    Known("kymriah", "rash", None, "weak_control"),
    Known("yescarta", "Somnolence", None, "positive"),
)


@pytest.fixture
def read(world):
    world.report(REPORTS)
    world.cases("2024-03-31")
    world.replay([JANUARY, FEBRUARY, MARCH])
    world.signals(as_of="2024-03-31")
    return looks.of(world.con, KNOWN, Q_MAX, "a test")


def test_the_first_look_of_each_answer_is_dated(read: Looks) -> None:
    assert (read.looks, read.first, read.last) == (3, JANUARY, MARCH)
    deafness = read.seen[0]
    assert (deafness.product, deafness.event, deafness.event_kind) == (
        "Kymriah", "Deafness", "event",
    )  # fmt: skip
    assert (deafness.pool, deafness.watch, deafness.confirmed) == (JANUARY, JANUARY, JANUARY)
    assert (deafness.country, deafness.countries) == (MARCH, ("DE",))
    assert (deafness.n, deafness.n_unknown) == (5 + 5, 0)


def test_what_rests_on_unknown_countries_is_not_watched(read: Looks) -> None:
    rash = read.seen[3]

    assert (rash.pool, rash.n, rash.n_unknown) == (FEBRUARY, 6, 6)
    assert (rash.watch, rash.confirmed, rash.country) == (None, None, None)


def test_controls_that_never_flag_have_no_date(read: Looks) -> None:
    for seen in read.seen[1:3]:
        assert seen.n > 0
        assert (seen.pool, seen.watch, seen.country, seen.confirmed_by_any) == (None,) * 4


def test_what_the_data_do_not_name_is_told(read: Looks) -> None:
    found = Backtest.of(KNOWN, read)

    assert read.seen[4] == Seen(
        4, None, None, None, 0, 0, None, None, None, None, (), None, outside=False
    )
    assert found.missing() == ["yescarta", "Somnolence"]
    assert found.outside() == []


def test_the_gain_is_what_the_pool_is_ahead_and_the_share_is_before_the_regulator(
    read: Looks,
) -> None:
    found = Backtest.of(KNOWN, read)

    # 31 January to 31 March of a leap year
    assert found.found[0].gain == Gain(29 + 31, at_least=False)
    assert found.counts() == {
        "positive": 2, "positive_watched": 1, "positive_confirmed": 1,
        "watched_before_country": 1, "confirmed_before_country": 1,
        "dated": 1, "watched_before_regulator": 1, "confirmed_before_regulator": 1,
        "country_before_regulator": 0,
        "control": 2, "control_flagged": 0, "control_confirmed": 0,
        "weak_control": 1, "weak_control_flagged": 0, "weak_control_confirmed": 0,
    }  # fmt: skip


def test_a_later_state_of_a_date_takes_the_place_of_an_earlier_one(world) -> None:
    world.report(REPORTS)
    world.cases("2024-03-31")
    world.replay([JANUARY, MARCH])
    world.signals(as_of="2024-03-31")
    before = looks.of(world.con, KNOWN, Q_MAX, "a test").seen[0]
    world.con.execute(
        "insert into mart.signal_state by name select max(state_no) + 1 as state_no, "
        "$as_of::date as as_of, 'corrected' as state_id, any_value(rule_name) as rule_name "
        "from mart.signal_state",
        {"as_of": JANUARY},
    )
    world.con.execute(
        "update mart.signal_history set valid_to_state = (select max(state_no) from "
        "mart.signal_state) where valid_to_state is null and event = 'Deafness'"
    )
    after = looks.of(world.con, KNOWN, Q_MAX, "a test").seen[0]

    assert (before.confirmed, after.confirmed) == (JANUARY, MARCH)
