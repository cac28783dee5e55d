"""Listed reactions: what a public label says already is no news."""

from pathlib import Path

import pytest
from scipy import stats

HEADER = "product_id,reaction,event,event_group,section,listed_since,checked,source\n"


def listing(world, product: str = "Kymriah") -> dict[str, tuple[bool, list[str]]]:
    """Of a product's events and event groups: whether they are listed, and where."""
    found = world.all(f"select event, listed, listing from mart.signal where product = '{product}'")
    return {event: (on_list, where) for event, on_list, where in found}


@pytest.fixture
def labels(tmp_path: Path):
    """Writes the labels of a home: rows of `listed.csv`."""

    def write(*rows: str) -> Path:
        (tmp_path / "listed.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
        return tmp_path

    return write


def test_an_event_is_listed_by_its_name_or_by_its_group_and_by_no_other(world, labels) -> None:
    world.report("""
        drugs    | events
        KYMRIAH  | DEAFNESS, Nausea, Septic shock
        YESCARTA | Deafness
    """)
    home = labels(
        "kymriah,hearing loss,Deafness,,EU common reaction,,yes,own",
        "kymriah,severe infection,,serious_infection,US warning,2024-03,yes,own",
        "kymriah,air in the eye,,,US warning,,yes,own",
    )
    world.signals(overrides=home)

    assert listing(world) == {
        "Deafness": (True, ["EU common reaction"]),
        "Nausea": (False, []),
        "Septic shock": (True, ["US warning, since 2024-03-31"]),
        "Serious infection": (True, ["US warning, since 2024-03-31"]),
    }
    assert listing(world, "Yescarta") == {"Deafness": (False, [])}


def test_a_group_is_listed_when_all_its_events_are(world, labels) -> None:
    world.report("""
        drugs   | events
        KYMRIAH | Myocarditis
    """)
    one = "kymriah,myocarditis,Myocarditis,,US warning,,yes,own"
    other = "kymriah,myocarditis,Immune-mediated myocarditis,,EU warning,,{},own"
    world.signals(overrides=labels(one))
    assert world.all("select event_kind, listed from mart.signal order by all") == [
        ("event", True),
        ("event_group", False),
    ]
    world.signals(overrides=labels(one, other.format("no")))
    assert world.all("select listed from mart.signal where event_kind = 'event_group'") == [
        (False,)
    ]
    world.signals(overrides=labels(one, other.format("yes")))
    assert world.all(
        "select listed, listing from mart.signal where event_kind = 'event_group'"
    ) == [(True, ["EU warning", "US warning"])]


def test_what_is_not_checked_is_told_and_is_not_listed(world, labels) -> None:
    world.report("""
        drugs   | events
        KYMRIAH | Deafness
    """)
    world.signals(overrides=labels("kymriah,hearing loss,Deafness,,JP news,2023,no,own"))
    assert listing(world) == {
        "Deafness": (False, ["reported as listed, unchecked, JP news, since 2023-12-31"])
    }


def test_a_reaction_listed_after_the_data_lock_point_was_not_listed_then(world, labels) -> None:
    world.report("""
        drugs   | events
        KYMRIAH | Deafness
    """)
    home = labels("kymriah,hearing loss,Deafness,,US warning,2024-06,yes,own")
    world.signals(as_of="2024-06-29", overrides=home)
    assert listing(world) == {"Deafness": (False, [])}
    world.signals(as_of="2024-06-30", overrides=home)
    assert listing(world) == {"Deafness": (True, ["US warning, since 2024-06-30"])}


FIVE = ("DE", "FR", "IT", "ES", "PT")


def one_in_each_of_five(world, event: str = "Deafness") -> None:
    for country in FIVE:
        world.report(f"""
            times | country   | drugs   | events
            6     | {country} | KYMRIAH | Dizziness
            3     | {country} | ASPIRIN | {event}
            400   | {country} | ASPIRIN | Dizziness
            1     | {country} | KYMRIAH | {event}
        """)


def test_a_listed_pair_is_no_discovery_and_says_where_it_is_listed(world, labels) -> None:
    one_in_each_of_five(world)
    columns = "verdict, listed, family, p_value, q_value, confirmed, reasons[1]"
    query = f"select {columns} from mart.signal where product = 'Kymriah' and event = 'Deafness'"
    unchecked = "kymriah,hearing loss,Deafness,,EU common reaction,,no,own"
    world.signals(overrides=labels(unchecked))
    [(verdict, on_list, family, *_)] = world.all(query)
    assert (verdict, on_list, family) == ("pooled_only", False, "other")
    [(reasons,)] = world.all(
        "select reasons from mart.signal where event = 'Deafness' and product = 'Kymriah'"
    )
    assert "Not on our list; reported as listed, unchecked, EU common reaction." in reasons
    world.signals(overrides=labels(unchecked.replace(",no,", ",yes,")))
    assert world.all(query) == [
        (
            "listed", True, None, None, None, None,
            "A public label lists it already (EU common reaction).",
        )
    ]  # fmt: skip
    assert world.all("select sum(rows) from mart.list_error") == [(0,)]


def test_a_listed_pair_costs_the_others_of_its_family_nothing(world, labels) -> None:
    """Kymriah has two pairs. Without dizziness V is that of deafness alone: the Poisson tail of the
    least count whose tail is at most the exact p-value of its 5 cases, which is that of 6."""
    one_in_each_of_five(world)
    query = (
        "select p_value, expected_false from mart.signal "
        "where event = 'Deafness' and product = 'Kymriah'"
    )
    world.signals(overrides=labels("skysona,deafness,Deafness,,US warning,,yes,own"))
    [(p, both)] = world.all(query)
    world.signals(overrides=labels("kymriah,dizziness,Dizziness,,US warning,,yes,own"))
    [(same, alone)] = world.all(query)
    assert same == p
    assert alone == pytest.approx(stats.poisson.sf(5, 5 * 7 * 4 / 410), rel=0.1)
    assert both > alone


def test_a_country_that_flags_what_is_listed_flags_no_news(world, labels) -> None:
    one_in_each_of_five(world)
    world.report("""
        times | country | drugs   | events
        20    | DE      | KYMRIAH | Deafness
    """)
    world.signals(overrides=labels("kymriah,hearing loss,Deafness,,EU common reaction,,yes,own"))
    assert world.all(
        "select verdict, countries_flagged from mart.signal "
        "where product = 'Kymriah' and event = 'Deafness'"
    ) == [("listed", ["DE"])]


def test_a_listed_reaction_is_counted_by_year_with_what_is_new(world, labels) -> None:
    world.report("""
        received   | country | drugs   | events
        2022-05-01 | DE      | KYMRIAH | Deafness
        2023-05-01 | DE      | KYMRIAH | Deafness
        2024-05-01 | DE      | KYMRIAH | Deafness, Hepatic failure
        2024-12-02 | FR      | KYMRIAH | Deafness, Nausea
    """)
    home = labels(
        "kymriah,hearing loss,Deafness,,EU common reaction,,yes,own",
        "kymriah,liver failure,,late_hepatic_failure,US warning,,yes,own",
        "kymriah,nausea,Nausea,,US news,,no,own",
    )
    world.signals(as_of="2024-12-15", overrides=home)
    columns = "event, designated, n, n_last_year, n_year_before, n_fatal_new, new_countries, again"
    query = f"select {columns} from mart.listed_reaction order by event"
    assert world.all(query) == [
        ("Deafness", False, 4, 2, 1, 0, ["FR"], False),
        ("Hepatic failure", True, 1, 1, 0, 0, [], False),
        ("Hepatic failure", True, 1, 1, 0, 0, [], False),
    ]


def test_a_designated_reaction_is_back_with_a_new_country_or_a_new_fatal_case(
    world, labels
) -> None:
    world.report("""
        case | received   | country | drugs   | events
        1    | 2024-05-01 | DE      | KYMRIAH | Hepatic failure
        2    | 2024-12-02 | DE      | KYMRIAH | Hepatic failure
    """)
    home = labels("kymriah,liver failure,,late_hepatic_failure,US warning,,yes,own")
    query = (
        "select n_fatal_new, new_countries, again from mart.listed_reaction "
        "where event_kind = 'event'"
    )
    world.signals(as_of="2024-12-15", overrides=home)
    assert world.all(query) == [(0, [], False)]
    world.con.execute("update staging.report set fatal = true where source_case_id = '1'")
    world.signals(as_of="2024-12-15", overrides=home)
    assert world.all(query) == [(0, [], False)]
    world.con.execute("update staging.report set fatal = true where source_case_id = '2'")
    world.signals(as_of="2024-12-15", overrides=home)
    assert world.all(query) == [(1, [], True)]
    world.con.execute("""
        update staging.report set fatal = false, occurrence_country = 'FR'
        where source_case_id = '2'
    """)
    world.signals(as_of="2024-12-15", overrides=home)
    assert world.all(query) == [(0, ["FR"], True)]
