"""The final inbox decides, not the order in which it came.

What cannot be equal, and is not compared: `case_id`s, which are given in the order of arrival; the
numbers of sequences; the day on which a test with nothing to see yet opened, if the first reports
came later; and the states of the nights that were held (mart.signal_history).
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from pv.night import steps
from pv.settings import Home
from pv.spec import AnalysisSpec

QUARTERS = ("23Q1", "23Q2", "23Q3", "23Q4", "24Q1")
STARTS = (date(2023, 1, 1), date(2023, 4, 1), date(2023, 7, 1), date(2023, 10, 1), date(2024, 1, 1))
PLACES = ("US", "DE", "FR", "IT", "JP")
DRUGS = ("IBUPROFEN", "METHOTREXATE", "YESCARTA", "ASPIRIN")
EVENTS = ("Headache", "Rash", "Fatigue", "Neutropenia", "Dizziness", "Vomiting", "Cough")
LATE = "Progressive multifocal leukoencephalopathy"
POISON = date(2025, 5, 17)
EXPOSURE = "product,country,period_start,period_end,patients,person_years,quality,source"
BACKGROUND = (
    "event,country,sex,age_low,age_high,rate_per_100k,rate_low,rate_high,events,person_years,"
    "period,standard,source"
)
RATES = {LATE: 1, "Nausea": 2000, "Pyrexia": 300}
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
    "cases": "select * exclude (case_id, duplicate_group) from core.case",
}
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
            late = (q, i) == (0, 9)
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
    """Puts one of the quarters below the inbox of a home, with a list of deleted cases."""

    def put(home: Path, quarter: str) -> Path:
        q = QUARTERS.index(quarter)
        deleted = [number(48 * (q - 1) + 10)] if q else []
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


def night(root: Path, as_of: date | None = None) -> None:
    """The steps of a night up to the verdicts, in this process."""
    home, spec = Home(root), AnalysisSpec.load()
    steps.load(home)
    steps.check(home)
    judged(home, spec, as_of)


def judged(home: Home, spec: AnalysisSpec, as_of: date | None = None) -> None:
    with steps.warehouse(home) as con:
        lock_point = as_of or steps.latest_receipt(con, home)
    run = steps.plan(home, spec, lock_point)
    steps.build_cases(home, run.as_of, run.cases)
    steps.judge(home, run, spec)


def ask(root: Path, query: str) -> list[tuple]:
    with duckdb.connect(str(root / "work" / "warehouse.duckdb"), read_only=True) as con:
        return con.execute(query).fetchall()


def facts(root: Path) -> dict[str, list[tuple]]:
    """What must not depend on the order."""
    return {name: sorted(ask(root, query), key=repr) for name, query in FACTS.items()}


def taken_back(root: Path) -> int:
    """How many sequences of tests were taken back."""
    ((found,),) = ask(root, "select count(*) from ops.alpha_ledger where taken_back_on is not null")
    return found


def in_order(home: Path, deliver: Callable, order: Sequence[str], nights: Sequence[int]) -> None:
    """Deliver quarters in an order, with a night after each of the given number of deliveries."""
    write_rates(home)
    for count, quarter in enumerate(order, 1):
        deliver(home, quarter)
        if count in nights:
            night(home)


@pytest.fixture(scope="module")
def clean(deliver, tmp_path_factory) -> Path:
    """A home that had everything in its first night. Not to be changed."""
    home = tmp_path_factory.mktemp("clean")
    in_order(home, deliver, QUARTERS, [5])
    return home


@pytest.fixture(scope="module")
def expected(clean) -> dict[str, list[tuple]]:
    return facts(clean)


def test_the_clean_night_says_enough_for_a_difference_to_show(clean, expected) -> None:
    assert len(ask(clean, SIGNALS)) > 10
    assert {len(rows) > 0 for rows in expected.values()} == {True}
    assert taken_back(clean) == 0


def test_quarters_in_order_never_take_a_test_back(clean, expected, deliver, tmp_path) -> None:
    in_order(tmp_path, deliver, [q for q in QUARTERS if q != "23Q3"][:2], [1, 2])
    assert taken_back(tmp_path) == 0
