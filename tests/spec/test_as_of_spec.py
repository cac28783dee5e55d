"""As of: any look gives what its night gave, and a replay gives every night at once.

Worlds of messy reports: corrected, nullified, deleted, masked and duplicated over eight months.
Nothing is compared with a tolerance.
"""

from collections.abc import Iterable
from datetime import date

import pytest

STATE = """
    select
        as_of, product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr,
        chi2_yates, crude_ic025, n_countries, effective_countries, top_country, top_share,
        countries_flagged
    from {} where {} order by product, event, event_kind
"""
COUNTED = """
    select k.source_case_id, c.stratum, c.receipt_date, list(distinct d.product order by d.product),
        list(distinct e.event order by e.event)
    from core.case c
    join core.case_key k using (case_id)
    left join core.case_drug d using (case_id)
    left join core.case_event e using (case_id)
    where c.is_master
    group by all
    order by all
"""
COUNTED_AT_LOOK = """
    select k.source_case_id, s.stratum, c.receipt_date, list(distinct d.product order by d.product),
        list(distinct e.event order by e.event)
    from counted_case c
    join core.case_key k using (case_id)
    join counted_stratum s using (stratum_no)
    left join any_drug d using (draft_id)
    left join any_event e using (draft_id)
    group by all
    order by all
"""


def looks(world) -> list[date]:
    return [day for (day,) in world.all("select as_of from core.look order by all")]


def state(world, as_of: date) -> list[tuple]:
    """What the night's own verdicts are as of a date."""
    world.signals(as_of=str(as_of))
    return world.all(STATE.format("mart.signal", "verdict <> 'not_flagged'"))


def replayed(world, as_of: date, rule: str | None = None) -> list[tuple]:
    return world.all(STATE.format("mart.signal_history", f"state_id = '{as_of} {rule}'"))


def known_by(reports: list[dict], day: date) -> list[dict]:
    return [row for row in reports if row["received"] <= day]


def verdicts(states: Iterable[list[tuple]]) -> set[str]:
    return {row[4] for rows in states for row in rows}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_look_counts_what_an_inbox_of_that_day_counts(messy, messy_world, seed: int) -> None:
    from pv.warehouse.numbered import run_step

    reports = messy(seed)
    world = messy_world(reports)
    world.signals(as_of=str(max(row["received"] for row in reports)))
    days = looks(world)
    for look_no, day in enumerate(days):
        run_step(world.con, "41_at_look", {"look_no": look_no})
        then = messy_world(known_by(reports, day))
        then.cases(str(day))
        assert world.all(COUNTED_AT_LOOK) == then.all(COUNTED), day
    (earlier,) = world.all("select count(*) from core.earlier_case")[0]
    assert len(days) > 8
    assert earlier > 50


@pytest.mark.parametrize("rule", [None, "evans", "uppsala"])
def test_a_replay_gives_each_night_bit_for_bit(messy, messy_world, rule: str | None) -> None:
    reports = messy(7, cases=400)
    world, nightly = messy_world(reports), messy_world(reports)
    world.cases(str(max(row["received"] for row in reports)))
    days = looks(world)
    world.replay(days, rule)
    seen = {day: replayed(world, day, rule) for day in days}
    for day in days:
        nightly.signals(rule, as_of=str(day))
        found = nightly.all(STATE.format("mart.signal", "verdict <> 'not_flagged'"))
        assert seen[day] == found, day
    print(verdicts(seen.values()), [len(v) for v in seen.values()])
