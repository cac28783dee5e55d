"""Where signals stand after what persons decided, and what brings a closed one back."""

import json
from datetime import date

import pytest

from pv.decisions import chain, status

RETURNS = status.Returns(growth=0.5, new_fatal=True, new_country=True)
WORLD = """
    case | times | country | drugs   | events
         | 2     | DE      | KYMRIAH | Deafness
         | 2     | FR      | KYMRIAH | Deafness
         | 40    | DE      | ASPIRIN | Nausea
         | 40    | FR      | ASPIRIN | Nausea
         | 40    | JP      | ASPIRIN | Nausea
"""


def decide(world, signal_status: str, product: str = "Kymriah", event: str = "Deafness") -> None:
    """Decide on what stands in mart now, as `poolvigil signal decide` does on a snapshot."""
    ((n, n_fatal, countries),) = world.con.execute(
        "select n, n_fatal, countries from mart.signal_status "
        "where product = $product and event = $event",
        {"product": product, "event": event},
    ).fetchall()
    fatal = world.con.execute(
        "select list(case_id order by case_id) from core.case where fatal and is_master"
    ).fetchall()[0][0]
    assert len(fatal or []) == n_fatal
    chain.append(
        world.con,
        relation="ops.decision",
        row={
            "product": product, "event": event, "event_kind": "event",
            "signal_status": signal_status, "signal_outcome": None, "reason": "seen",
            "evaluation_method": None, "action_taken": None, "next_review": None,
            "decided_on": "2024-05-01", "decided_by": "anna", "decided_from": None,
            "run_id": "r", "as_of": "2024-12-31", "verdict": "watch", "n_decided": n,
            "fatal_cases": json.dumps(fatal or []), "countries": countries,
        },
    )  # fmt: skip


def tonight(world, returns: status.Returns = RETURNS) -> tuple:
    """(status, closed, why it is back) of the signal after a night."""
    world.signals()
    status.fill(world.con, date(2024, 12, 31), world.spec().rule.roles, returns)
    return world.all(
        "select signal_status, closed, returned_because from mart.signal_status "
        "where product = 'Kymriah' and event = 'Deafness'"
    )[0]


def die(world, case: str) -> None:
    world.con.execute(
        "insert into staging.report_outcome by name select source, file_id, line, "
        "source_report_id, 'death' as outcome from staging.report "
        "where source_case_id = $case",
        {"case": case},
    )


def more(world, case: str, country: str, event: str = "Deafness", times: int = 1) -> None:
    named = case if times == 1 else ""
    world.report(f"""
        case    | times   | country   | drugs   | events
        {named} | {times} | {country} | KYMRIAH | {event}
    """)


def test_a_signal_nobody_decided_on_is_detected(world) -> None:
    world.report(WORLD)

    assert tonight(world) == ("detected", False, None)
    assert world.all("select n, n_fatal, countries from mart.signal_status where headline") == [
        (4, 0, ["DE", "FR"])
    ]


@pytest.mark.parametrize("shut", ["closed", "not_validated"])
def test_a_closed_signal_stays_closed_while_nothing_material_changes(world, shut: str) -> None:
    world.report(WORLD)
    tonight(world)
    decide(world, shut)

    more(world, "a", "DE")

    assert tonight(world) == (shut, True, None)


def test_a_validated_signal_is_open_and_says_what_changed(world) -> None:
    world.report(WORLD)
    tonight(world)
    decide(world, "validated")

    more(world, "a", "JP")

    assert tonight(world) == ("validated", False, None)
    assert world.all("select changed_since from mart.signal_status where headline") == [
        ("first reported from JP",)
    ]


def test_a_closed_signal_is_back_when_its_cases_are_half_as_many_again(world) -> None:
    world.report(WORLD)
    tonight(world)
    decide(world, "closed")

    more(world, "", "DE", times=2)

    assert tonight(world) == ("closed", False, "6 cases, 4 when it was decided")
    assert tonight(world, status.Returns(0.6, True, True)) == ("closed", True, None)


def test_a_closed_signal_is_back_with_a_country_that_had_no_case(world) -> None:
    world.report(WORLD)
    tonight(world)
    decide(world, "closed")

    more(world, "a", "JP")

    assert tonight(world) == ("closed", False, "first reported from JP")
    assert tonight(world, status.Returns(0.5, True, False)) == ("closed", True, None)


def test_a_closed_signal_is_back_with_a_new_fatal_case_also_in_the_place_of_another(world) -> None:
    world.report(WORLD)
    more(world, "old", "DE")
    die(world, "old")
    tonight(world)
    decide(world, "closed")
    assert tonight(world) == ("closed", True, None)

    world.report("""
        case | action  | version | received   | country | drugs   | events
        old  | nullify | 2       | 2024-03-01 | DE      | KYMRIAH | Deafness
    """)
    more(world, "new", "DE")
    die(world, "new")

    assert tonight(world) == ("closed", False, "1 new fatal case, 1 in all")
    assert tonight(world, status.Returns(0.5, False, True)) == ("closed", True, None)


def test_the_duplicate_of_a_known_fatal_case_is_no_new_death(world) -> None:
    world.report(WORLD)
    told = """
        case   | country | drugs   | events   | number   | sender | sex   | age   | onset
        {case} | DE      | KYMRIAH | Deafness | ACME-777 | ACME   | {sex} | {age} | {onset}
    """
    world.report(told.format(case="1", sex="", age="", onset=""))
    die(world, "1")
    tonight(world)
    decide(world, "closed")

    world.report(told.format(case="2", sex="F", age="40", onset="2023-12-01"))
    die(world, "2")

    assert tonight(world) == ("closed", True, None)
    assert world.all("select source_case_id from core.case where fatal and is_master") == [("2",)]


def test_what_is_taken_back_is_detected_again(world) -> None:
    world.report(WORLD)
    tonight(world)
    decide(world, "closed")
    decide(world, "detected")

    assert tonight(world) == ("detected", False, None)


def test_a_headline_has_what_was_decided_of_the_event_that_stands_under_it(world) -> None:
    """All its cases tell the other event too, and one more case does."""
    world.report(WORLD)
    tonight(world)
    decide(world, "closed")

    world.con.execute(
        "insert into staging.report_event by name select * replace ('Tinnitus' as term_verbatim) "
        "from staging.report_event where term_verbatim = 'Deafness'"
    )
    more(world, "", "FR", event="Tinnitus", times=1)
    tonight(world)

    found = world.all(
        "select event, signal_status, decided_event, closed from mart.signal_status where headline"
    )
    assert found == [("Tinnitus", "closed", "Deafness", True)]


def test_a_pair_that_was_decided_on_stays_though_nothing_flags_it(world) -> None:
    world.report(WORLD)
    tonight(world)
    decide(world, "validated")
    world.con.execute("delete from staging.report_drug where drug_verbatim = 'KYMRIAH'")

    assert tonight(world) == ("validated", False, None)
    assert world.all("select n, headline from mart.signal_status") == [(0, None)]


def test_what_is_asked_of_a_product_stands_beside_its_signals(world) -> None:
    """By the product table; the first patient can have been followed two whole years by then."""
    world.report(WORLD)
    world.con.execute(
        "insert into staging.exposure by name select 'exposure' as source, 1 as file_id, line, "
        "product, 'DE' as country, day::date as period_start, last_day(day::date) as period_end, "
        "10 as patients, [] as unparsed from (values (1, 'Kymriah', '2022-03-01'), "
        "(2, 'Kymriah', '2023-03-01')) as t (line, product, day)"
    )
    tonight(world)

    found = {
        row[0]: row[1:]
        for row in world.all(
            "select product, conditional, additional_monitoring, hospital_exemption, "
            "follow_up_years, first_treated::varchar, followed_years from mart.obligation"
        )
    }
    assert found["Kymriah"] == (False, True, False, 15, "2022-03-01", 2)
    assert found["Adstiladrin"] == (True, True, False, 5, None, None)
    assert len(found) == world.all("select count(*) from core.product")[0][0]
