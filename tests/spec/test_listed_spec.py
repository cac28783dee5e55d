"""Listed reactions: what a public label says already is no news."""

from pathlib import Path

import pytest

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
