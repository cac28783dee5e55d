"""The final inbox decides, not the order in which it came.

What cannot be equal, and is not compared:
- `case_id`s, which are given in the order of arrival, and so which of two cases is named first;
- the numbers of sequences of tests;
- looks that were really held, at the lock point of an earlier night that is no month's end, as long
  as the data bear them out: a home that had all at once never looked that day (`held`);
- the day on which a test with nothing to see yet opened, if the first reports came later;
- the states of the nights that were held (mart.signal_history).
"""

import shutil
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pv.night import planning, steps
from pv.settings import Home
from pv.spec import AnalysisSpec

# The last came a quarter late: its reports are of the first months of 2024.
QUARTERS = ("23Q1", "23Q2", "23Q3", "23Q4", "24Q2")
STARTS = (date(2023, 1, 1), date(2023, 4, 1), date(2023, 7, 1), date(2023, 10, 1), date(2024, 1, 1))
PLACES = ("US", "DE", "FR", "IT", "JP")
DRUGS = ("IBUPROFEN", "METHOTREXATE", "YESCARTA", "ASPIRIN")
EVENTS = ("Headache", "Rash", "Fatigue", "Neutropenia", "Dizziness", "Vomiting", "Cough")
LATE = "Progressive multifocal leukoencephalopathy"
# A day that the last quarter may hold, 82 days after its other reports.
POISON = date(2024, 6, 15)
EXPOSURE = "product,country,period_start,period_end,patients,person_years,quality,source"
BACKGROUND = (
    "event,country,sex,age_low,age_high,rate_per_100k,rate_low,rate_high,events,person_years,"
    "period,standard,source"
)
RATES = {LATE: 1, "Nausea": 5, "Pyrexia": 3, "Fatigue": 5}
FACTS = {
    "as of": "select max(as_of) from core.look",
    "verdicts": "from mart.signal",
    "pairs": "select product, event, event_kind, country, a, expected from mart.pair_country",
    "first flags": "from mart.first_flag",
    "windows": "from mart.rate_window",
    "tests": "select * exclude (opened_on, sequence_no, taken_back_on, taken_back_why) "
    "from ops.alpha_ledger where taken_back_on is null",
    "looks": "select l.* exclude (sequence_no) from ops.sequential_look l "
    "semi join (select * from ops.alpha_ledger where taken_back_on is null) t using (product, "
    "event, event_kind, latency_window, country, sequence_no) where n_seen > 0",
    "possible duplicates": "select d.product, d.event, "
    "least(x.source_case_id, y.source_case_id), greatest(x.source_case_id, y.source_case_id), "
    "d.match_probability, d.agreement from mart.possible_duplicate d "
    "join core.case_key x using (case_id) "
    "join core.case_key y on y.case_id = d.other_case_id",
    "cases": "select * exclude (case_id, duplicate_group, possible_group) from core.case",
    "one person's": "select list(source_case_id order by source_case_id)::varchar from core.case "
    "group by duplicate_group having count(*) > 1",
    "possibly one person's": "select list(source_case_id order by source_case_id)::varchar "
    "from core.case group by possible_group having count(*) > 1",
}
# The position of the date of a look.
AS_OF = 6
# What a test is from the night that opens it.
TEST = (
    "product, event, event_kind, latency_window, country, sequence_no, chain_no, opened_on, "
    "horizon, alpha, critical_value, n_start, expected_start, design, design_version"
)
SIGNALS = (
    "select product, event, latency_window, country, first_signal from mart.rate_window "
    "where state = 'signal' order by all"
)


def number(place: int) -> int:
    """A case number; a later case often has a lower one."""
    return 20_000_000 + 10 * (place * 7919 % 1000)


@pytest.fixture(scope="module")
def quarters(world) -> dict[str, list]:
    """Five quarters of 48 cases and follow-ups, each with two cases of a late event.

    A follow-up tells more, or another country. A report of the first quarter comes with the third.
    Cases of the late event in two countries look like one person's, and one is told twice.
    """
    made: dict[str, list] = {quarter: [] for quarter in QUARTERS}
    cases: list = []
    for q, (quarter, start) in enumerate(zip(QUARTERS, STARTS, strict=True)):
        for i in range(48):
            place, received = 48 * q + i, start + timedelta(days=(i * 13) % 85)
            onset = received - timedelta(days=5)
            values = {
                "age": str(30 + (3 * place) % 41), "age_cod": "YR", "sex": "FM"[place % 2],
                "event_dt": f"{onset:%Y%m%d}",
            }  # fmt: skip
            drugs, events = (DRUGS[i % 4],), {EVENTS[i * 3 % 7], EVENTS[i * 5 % 7]}
            if i < 2:
                drugs, events = ("KYMRIAH",), {LATE}
            elif i < 8:
                drugs, events = ("KYMRIAH",), {("Nausea", "Pyrexia", EVENTS[i % 7])[i % 3]}
            country = PLACES[(place + q) % 5]
            told = world.case(number(place), country, drugs, sorted(events), received, 1, values)
            cases.append(told)
            late = (q, i) == (0, 3)
            made[QUARTERS[2] if late else quarter].append(told)
        for k, old in enumerate(cases[: 48 * q : 11]):
            country = old.country if k % 3 else PLACES[(k + q) % 5]
            received = start + timedelta(days=20 + k)
            made[quarter].append(
                world.case(
                    old.number, country, old.drugs, (*old.events, "Sepsis"), received, 2 + q,
                    old.values,
                )
            )  # fmt: skip
    first, second = [case for case in cases if LATE in case.events][:2]
    alike = {**first.values, "lot_num": "A"}
    for quarter, copied in (("23Q2", first), ("23Q4", second)):
        received = STARTS[QUARTERS.index(quarter)] + timedelta(days=40)
        for shift in (0, 1):
            made[quarter].append(
                world.case(
                    number(700 + shift + QUARTERS.index(quarter)), "IT", copied.drugs,
                    copied.events, received, 1, {**alike, "sex": copied.values["sex"]},
                )
            )  # fmt: skip
    return made


@pytest.fixture(scope="module")
def deliver(world, quarters) -> Callable[[Path, str], Path]:
    """Puts one of the quarters below the inbox of a home; all but the first and the last, whose
    lock points so are no month's end, have a list of deleted cases."""

    def put(home: Path, quarter: str) -> Path:
        q = QUARTERS.index(quarter)
        deleted = [number(48 * (q - 1) + 10)] if 0 < q < 4 else []
        return world.write(home, quarter, quarters[quarter], deleted)

    return put


def write_rates(home: Path) -> None:
    """100 patients a year on Kymriah in each of five countries, and three background rates."""
    years = [
        f"Kymriah,{country},{year}-01-01,{year}-12-31,100,,simulated,invented"
        for country in PLACES
        for year in range(2019, 2027)
    ]
    rates = [
        f"{event},WORLD,,0,120,{rate},,,,,2015-2019,crude,invented" for event, rate in RATES.items()
    ]
    for source, lines in (("exposure", [EXPOSURE, *years]), ("background", [BACKGROUND, *rates])):
        folder = home / "inbox" / source
        folder.mkdir(parents=True)
        (folder / f"{source}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def night(root: Path, as_of: date | None = None) -> date:
    """The steps of a night up to the verdicts, in this process; returns the data lock point."""
    home, spec = Home(root), AnalysisSpec.load()
    steps.load(home)
    steps.check(home)
    run = planning.plan(home, spec, as_of)
    steps.build_cases(home, run.as_of, run.cases, spec)
    steps.judge(home, run, spec)
    return run.as_of


def ask(root: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(root / "work" / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def facts(root: Path) -> dict[str, set[tuple]]:
    """What must not depend on the order: the rows, with lists as text."""
    return {
        name: {tuple(map(str, row)) for row in ask(root, query)} for name, query in FACTS.items()
    }


def taken_back(root: Path) -> dict[str, int]:
    """How many sequences of tests were taken back, by the reason."""
    return dict(
        ask(
            root,
            "select taken_back_why, count(*) from ops.alpha_ledger "
            "where taken_back_on is not null and chain_no = 1 group by all",
        )
    )


def in_order(
    home: Path, deliver: Callable, order: Sequence[str], nights: Container[int]
) -> list[date]:
    """Deliver quarters in an order, with a night after each of the given number of deliveries;
    returns their data lock points."""
    write_rates(home)
    lock_points = []
    for count, quarter in enumerate(order, 1):
        deliver(home, quarter)
        if count in nights:
            lock_points.append(night(home))
    return lock_points


def assert_the_same(
    home: Path, expected: dict[str, set[tuple]], lock_points: Iterable[date]
) -> None:
    """The home says what it should, but for looks held at lock points that are no month's end."""
    held = {str(day) for day in lock_points if (day + timedelta(days=1)).day > 1}
    found = facts(home)
    looks = {row for row in found["looks"] if row[AS_OF] not in held}
    lacking = {row for row in expected["looks"] - looks if row[AS_OF] not in held}
    assert (looks - expected["looks"], lacking) == (set(), set())
    for name in expected.keys() - {"looks"}:
        assert (name, found[name] - expected[name]) == (name, set())
        assert (name, expected[name] - found[name]) == (name, set())


@pytest.fixture(scope="module")
def clean(deliver, tmp_path_factory) -> Path:
    """A home that had everything in its first night. Not to be changed."""
    home = tmp_path_factory.mktemp("clean")
    in_order(home, deliver, QUARTERS, [5])
    return home


@pytest.fixture(scope="module")
def expected(clean) -> dict[str, set[tuple]]:
    return facts(clean)


def test_the_clean_night_says_enough_for_a_difference_to_show(clean, expected) -> None:
    assert len(ask(clean, SIGNALS)) > 10
    assert {len(rows) > 0 for rows in expected.values()} == {True}
    assert len(expected["possible duplicates"]) > 1
    assert taken_back(clean) == {}


def test_quarters_in_order_take_back_what_a_late_report_concerns_and_no_more(
    expected, deliver, tmp_path
) -> None:
    write_rates(tmp_path)
    lock_points, found = [], []
    for quarter in QUARTERS:
        deliver(tmp_path, quarter)
        lock_points.append(night(tmp_path))
        found.append(taken_back(tmp_path))

    # The third quarter brings a report of the first, of one product, event and country.
    assert found[:2] == [{}, {}]
    assert found[2].keys() == {"reports"}
    assert found[2:] == [found[2]] * 3
    concerned = "select distinct event, country in ('all', '{}') from ops.alpha_ledger "
    assert ask(tmp_path, concerned.format(PLACES[3]) + "where taken_back_on is not null") == [
        ("Nausea", True)
    ]
    assert_the_same(tmp_path, expected, lock_points)


def test_quarters_in_reverse_end_in_the_clean_nights_tables_and_rewrite_nothing(
    expected, deliver, tmp_path
) -> None:
    write_rates(tmp_path)
    looks: set = set()
    tests: set = set()
    for quarter in reversed(QUARTERS):
        deliver(tmp_path, quarter)
        lock_point = night(tmp_path)
        looks_now = set(ask(tmp_path, "from ops.sequential_look"))
        tests_now = set(ask(tmp_path, f"select {TEST} from ops.alpha_ledger"))
        assert looks <= looks_now
        assert tests <= tests_now
        looks, tests = looks_now, tests_now

    assert taken_back(tmp_path)["reports"] > 0
    assert_the_same(tmp_path, expected, [lock_point])


@settings(max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    order=st.permutations(QUARTERS),
    nights=st.sets(st.integers(1, 4), min_size=1, max_size=2).map(lambda found: {*found, 5}),
)
def test_any_order_of_deliveries_ends_in_the_clean_nights_tables(
    expected, deliver, tmp_path_factory, order, nights
) -> None:
    home = tmp_path_factory.mktemp("shuffled")
    lock_points = in_order(home, deliver, order, nights)

    assert_the_same(home, expected, lock_points[:-1])


def test_a_poisoned_quarter_that_is_mended_leaves_nothing_behind(
    world, quarters, expected, deliver, tmp_path
) -> None:
    """One report of a late event is dated months after the others, and later it is not."""
    in_order(tmp_path, deliver, QUARTERS[:4], [4])
    told = list(quarters[QUARTERS[4]])
    told[0] = replace(told[0], received=POISON)
    folder = world.write(tmp_path, QUARTERS[4], told)
    assert night(tmp_path) == POISON
    shutil.rmtree(folder)
    deliver(tmp_path, QUARTERS[4])
    night(tmp_path)

    assert taken_back(tmp_path)["later_than_data"] > 0
    assert_the_same(tmp_path, expected, [])


def test_a_night_as_of_an_earlier_date_changes_nothing_that_the_latest_has_seen(
    clean, expected, tmp_path
) -> None:
    home = shutil.copytree(clean, tmp_path / "home", symlinks=True)
    night(home, date(2023, 8, 15))
    assert facts(home)["as of"] == {("2023-08-15",)}
    night(home)

    assert taken_back(home) == {}
    assert_the_same(home, expected, [])
