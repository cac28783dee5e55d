"""What the demonstration plants is on no label, and what it calls listed is on one."""

import pytest

from pv.simulate.scenarios.planted import PLANTED, Planting
from pv.simulate.world.catalogue import THERAPIES, Therapy
from pv.vocab import events, listed


def listed_events(product_id: str) -> set[str]:
    """The events that a label of the product lists, checked or not, in capitals."""
    found = [each for each in listed.load() if each.product_id == product_id]
    groups = {each.event_group for each in found}
    members = {row["event_key"] for row in events.members() if row["event_group"] in groups}
    return members | {each.event.upper() for each in found if each.event}


@pytest.mark.parametrize("planted", PLANTED, ids=lambda each: f"{each.brand} {each.event}")
def test_no_planted_event_is_listed_for_its_product(planted: Planting) -> None:
    known = listed_events(planted.brand.lower())
    assert known
    assert planted.event.upper() not in known


@pytest.mark.parametrize("therapy", THERAPIES, ids=lambda each: each.brand)
def test_the_reactions_that_a_therapys_reports_often_name_are_listed_for_it(
    therapy: Therapy,
) -> None:
    assert {each.term.upper() for each in therapy.labelled} <= listed_events(therapy.brand.lower())
    shares = [each.share for each in therapy.labelled]
    assert shares == sorted(shares, reverse=True)
