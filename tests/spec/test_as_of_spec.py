"""As of: any look gives what its night gave, and a replay gives every night at once.

Worlds of messy reports: corrected, nullified, deleted, masked and duplicated over several months.
Nothing is compared with a tolerance.
"""

from datetime import date, timedelta

import duckdb
import numpy as np
import pytest

from pv.errors import PublishError
from pv.night.judge import judge
from pv.warehouse import heads
from pv.warehouse.relations import run

# Each state whole, as analysts see it.
HISTORY = f"({heads.read('views/signal_history').body})"
STATE = """
    select
        as_of, product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr,
        chi2_yates, crude_ic025, n_countries, effective_countries, top_country, top_share,
        countries_flagged, family, p_value, q_value, q_country, q_pool, confirmed,
        first_confirmed, headline
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
    left join any_drug d using (validity_id)
    left join any_event e using (validity_id)
    group by all
    order by all
"""


def known_by(reports: list[dict], day: date) -> list[dict]:
    return [row for row in reports if row["received"] <= day]


def latest(reports: list[dict]) -> str:
    return str(max(row["received"] for row in reports))


def looks(world) -> list[date]:
    return [day for (day,) in world.all("select as_of from core.look order by all")]


def replayed(world, day: date, rule: str | None = None) -> list[tuple]:
    return world.all(STATE.format(HISTORY, f"state_id = '{day} {rule}'"))


def night(world, day: date, rule: str | None = None) -> list[tuple]:
    world.signals(rule, as_of=str(day))
    return world.all(STATE.format("mart.signal", "verdict <> 'not_flagged'"))


def test_each_look_counts_what_an_inbox_of_that_day_counts(messy, messy_world) -> None:
    reports = messy(2)
    world = messy_world(reports)
    world.signals(as_of=latest(reports))
    days = looks(world)
    for look_no, day in enumerate(days):
        run(world.con, "count/at_look", {"look_no": look_no})
        then = messy_world(known_by(reports, day))
        then.cases(str(day))
        assert world.all(COUNTED_AT_LOOK) == then.all(COUNTED), day
    (earlier,) = world.all("select count(*) from core.earlier_case")[0]
    assert (len(days) > 6, earlier > 50) == (True, True)


@pytest.mark.parametrize(("rule", "seed", "cases"), [(None, 2, 260), ("uppsala", 4, 400)])
def test_a_replay_gives_each_night_bit_for_bit(
    messy, messy_world, rule, seed: int, cases: int
) -> None:
    reports = messy(seed, cases)
    world = messy_world(reports)
    world.cases(latest(reports))
    days = looks(world)
    assert world.replay(days, rule) == {"states": len(days), "added": len(days)}
    seen = {day: replayed(world, day, rule) for day in days}
    for day in days:
        assert seen[day] == night(messy_world(known_by(reports, day)), day, rule), day
    assert night(world, days[-2], rule) == seen[days[-2]]
    assert sum(map(len, seen.values())) > 5
    assert len({row[4] for rows in seen.values() for row in rows}) > 1


def test_a_replay_is_killed_and_goes_on_and_a_second_one_adds_nothing(messy, messy_world) -> None:
    reports = messy(2, cases=300)
    whole, killed = messy_world(reports), messy_world(reports)
    for world in (whole, killed):
        world.cases(latest(reports))
    days = looks(whole)
    whole.replay(days)
    # The state of a look is one transaction: what a kill leaves are those of the looks before it.
    killed.replay(days[:4])
    killed.replay(days)
    rows = f"from {HISTORY} order by all"
    assert killed.all(rows) == whole.all(rows) != []
    whole.replay(days)
    assert killed.all(rows) == whole.all(rows)


def test_a_night_refuses_a_recorded_state_that_differs_by_one_bit(messy, messy_world) -> None:
    reports = messy(2, cases=400)
    world = messy_world(reports)
    world.cases(latest(reports))
    last = looks(world)[-1]
    world.replay([last])
    judge(world.con, world.spec(), last, f"{last} None")
    world.con.execute("update mart.signal_history set ic025 = ic025 + 1e-15 * abs(ic025) + 1e-16")
    with pytest.raises(PublishError, match="differ"):
        judge(world.con, world.spec(), last, f"{last} None")


def test_a_replayed_state_is_audited_as_a_nights_is(world) -> None:
    """A version of a case that is there twice counts twice at the look."""
    _four_countries(world)
    world.cases("2024-02-15")
    world.con.execute("""
        insert into core.case_validity by name
        from core.case_validity where case_id = (select max(case_id) from core.case_validity)
    """)
    with pytest.raises(PublishError, match="a case counts twice"):
        world.replay([date(2024, 1, 31)])
    assert world.all("select count(*) from mart.signal_history") == [(0,)]


_BACKGROUND = """
    times | received   | country | drugs   | events
    6     | 2024-01-05 | {0}     | KYMRIAH | Nausea
    3     | 2024-01-05 | {0}     | ASPIRIN | Deafness
    400   | 2024-01-05 | {0}     | ASPIRIN | Nausea
"""


def _four_countries(world) -> None:
    for country in ("DE", "FR", "IT", "ES"):
        world.report(_BACKGROUND.format(country))
    world.report("""
        received   | country | drugs   | events
        2024-01-10 | FR      | KYMRIAH | Deafness
        2024-01-10 | IT      | KYMRIAH | Deafness
        2024-01-10 | ES      | KYMRIAH | Deafness
    """)


def test_a_country_flagged_with_what_was_known_then_and_not_with_what_is_known_now(world) -> None:
    """DE had 3 in January; one was then corrected to another event and one was deleted."""
    _four_countries(world)
    world.report("""
        case | version | action | report    | received   | country | drugs   | events
        a    | 1       | report | a1        | 2024-01-10 | DE      | KYMRIAH | Deafness
        b    | 1       | report | b1        | 2024-01-10 | DE      | KYMRIAH | Deafness
        c    | 1       | report | c1        | 2024-01-10 | DE      | KYMRIAH | Deafness
        b    | 2       | report | b2        | 2024-03-10 | DE      | KYMRIAH | Nausea
        c    |         | delete | deleted:c | 2024-03-20 |         |         |
    """)
    world.signals(as_of="2024-04-30")
    assert world.verdict("Kymriah", "Deafness") == ("country_signal", 4, ["DE"])
    assert world.all(
        "select first_pooled::varchar, first_country::varchar, gain_days, gain_censored "
        "from mart.signal where product = 'Kymriah' and event = 'Deafness'"
    ) == [("2024-01-31", "2024-01-31", 0, False)]


def test_a_country_flagged_with_what_is_known_now_and_not_with_what_was_known_then(world) -> None:
    (
        """Three Deafness in DE by January, first received as Nausea: they would have flagged then.
    When it became known, 50 others there had the event too, and they do not."""
        ""
    )
    _four_countries(world)
    world.report("""
        case | version | received   | country | drugs   | events
        a    | 1       | 2024-01-10 | DE      | KYMRIAH | Nausea
        b    | 1       | 2024-01-10 | DE      | KYMRIAH | Nausea
        c    | 1       | 2024-01-10 | DE      | KYMRIAH | Nausea
        a    | 2       | 2024-03-10 | DE      | KYMRIAH | Deafness
        b    | 2       | 2024-03-10 | DE      | KYMRIAH | Deafness
        c    | 2       | 2024-03-10 | DE      | KYMRIAH | Deafness
    """)
    world.report("""
        times | received   | country | drugs   | events
        50    | 2024-03-10 | DE      | ASPIRIN | Deafness
    """)
    world.signals(as_of="2024-04-30")
    assert world.verdict("Kymriah", "Deafness") == ("pooled_only", 6, [])
    assert world.all("select country from mart.first_flag where event = 'Deafness'") == [("all",)]


def test_a_copy_that_came_later_does_not_hide_what_a_country_had_before(world) -> None:
    """Three in DE until the copy of one of them, told as another event, is more complete."""
    _four_countries(world)
    world.report("""
        case | received   | country | number   | sender | sex | age | drugs   | events
        a    | 2024-01-10 | DE      | ACME-771 | ACME   |     |     | KYMRIAH | Deafness
        b    | 2024-01-10 | DE      | ACME-772 | ACME   |     |     | KYMRIAH | Deafness
        c    | 2024-01-10 | DE      | ACME-773 | ACME   |     |     | KYMRIAH | Deafness
        d    | 2024-03-10 | DE      | ACME-773 | ACME   | F   | 60  | KYMRIAH | Nausea
    """)
    world.signals(as_of="2024-04-30")
    assert world.verdict("Kymriah", "Deafness") == ("country_signal", 5, ["DE"])
    [(reason,)] = world.all("select reasons[1] from mart.signal where n = 5")
    assert "DE alone would have flagged by 2024-01-31" in reason


def test_the_gain_is_censored_until_a_country_flags(world) -> None:
    """The pool flags in January; DE, with cases of May, at the end of May."""
    _four_countries(world)
    world.report("""
        times | received   | country | drugs   | events
        3     | 2024-05-10 | DE      | KYMRIAH | Deafness
    """)
    gain = (
        "select first_pooled::varchar, first_country::varchar, gain_days, gain_censored "
        "from mart.signal where product = 'Kymriah' and event = 'Deafness'"
    )
    world.signals(as_of="2024-04-15")
    # 31 January to 15 April 2024: 29 + 31 + 15 days
    assert world.all(gain) == [("2024-01-31", None, 75, True)]
    assert world.verdict("Kymriah", "Deafness") == ("pooled_only", 3, [])
    world.signals(as_of="2024-06-30")
    # 31 January to 31 May 2024: 29 + 31 + 30 + 31 days
    assert world.all(gain) == [("2024-01-31", "2024-05-31", 121, False)]
    assert world.verdict("Kymriah", "Deafness") == ("pooled_first", 6, ["DE"])
    [(reasons, holds)] = world.all(
        "select s.reasons, c.holds from mart.signal s join mart.signal_condition c "
        "using (product, event, event_kind) where condition = 'pool_first' and n = 6"
    )
    assert holds
    assert (
        "The pool met every other condition and was confirmed by 2024-01-31, before a country "
        "flagged alone, by 2024-05-31." in reasons
    )


def test_a_country_that_flags_at_the_look_at_which_the_pool_is_confirmed_is_first(world) -> None:
    _four_countries(world)
    world.report("""
        times | received   | country | drugs   | events
        3     | 2024-01-20 | DE      | KYMRIAH | Deafness
    """)
    world.signals(as_of="2024-03-31")
    assert world.verdict("Kymriah", "Deafness") == ("country_signal", 6, ["DE"])
    assert world.all("select first_confirmed::varchar, gain_days from mart.signal where n = 6") == [
        ("2024-01-31", 0)
    ]


def test_what_the_pool_saw_first_of_one_country_is_that_countrys_signal(world) -> None:
    """Without DE two cases are left, too few for the rule; with a third one it holds."""
    for country in ("DE", "FR", "IT", "ES"):
        world.report(_BACKGROUND.format(country))
    world.report("""
        times | received   | country | drugs   | events
        2     | 2024-01-10 | DE      | KYMRIAH | Deafness
        1     | 2024-01-10 | FR      | KYMRIAH | Deafness
        3     | 2024-05-10 | DE      | KYMRIAH | Deafness
        1     | 2024-05-10 | FR      | KYMRIAH | Deafness
    """)
    found = (
        "select s.verdict, first_confirmed::varchar, first_country::varchar, c.holds, c.reason "
        "from mart.signal s join mart.signal_condition c using (product, event, event_kind) "
        "where condition = 'pool_first' and product = 'Kymriah' and event = 'Deafness'"
    )
    world.signals(as_of="2024-06-30")
    assert world.all(found) == [
        ("country_signal", "2024-01-31", "2024-05-31", False,
         "The pool was confirmed by 2024-01-31, before a country flagged alone, by 2024-05-31; but "
         "the rule fails without one of the countries, so that it may have seen what is this "
         "one's.")
    ]  # fmt: skip
    world.report("""
        received   | country | drugs   | events
        2024-06-10 | IT      | KYMRIAH | Deafness
    """)
    world.signals(as_of="2024-06-30")
    assert [row[:4] for row in world.all(found)] == [
        ("pooled_first", "2024-01-31", "2024-05-31", True)
    ]


def test_a_flag_of_the_pool_that_was_not_confirmed_is_not_first(world) -> None:
    """By a rule that allows fewer false ones: three cases are too few, and with nine DE flags."""
    _four_countries(world)
    world.report("""
        times | received   | country | drugs   | events
        6     | 2024-05-10 | DE      | KYMRIAH | Deafness
    """)
    world.signals(as_of="2024-06-30", q_max_other=5e-5)
    assert world.all(
        "select verdict, first_pooled::varchar, first_confirmed::varchar, gain_days "
        "from mart.signal where event = 'Deafness' and product = 'Kymriah'"
    ) == [("country_signal", "2024-01-31", "2024-05-31", 0)]


def test_what_failed_a_condition_then_was_not_confirmed_then(world) -> None:
    """In January 3 cases of no known country; in March one each of three countries."""
    _four_countries(world)
    world.report(_BACKGROUND.format(""))
    world.report("""
        times | received   | drugs   | events
        3     | 2024-01-10 | KYMRIAH | Deafness
    """)
    world.con.execute(
        "update staging.report set receipt_date = '2024-03-10' where receipt_date = '2024-01-10' "
        "and occurrence_country is not null"
    )
    world.signals(as_of="2024-04-30")
    assert world.all(
        "select verdict, first_pooled::varchar, first_confirmed::varchar from mart.signal "
        "where event = 'Deafness' and product = 'Kymriah'"
    ) == [("pooled_only", "2024-01-31", "2024-03-31")]


def test_a_stratum_that_no_longer_counts_is_no_stratum_of_the_pool(world) -> None:
    """AT's only case is corrected to FR: statistics of the pool divide by no empty stratum."""
    _four_countries(world)
    world.report("""
        case | version | received   | country | drugs   | events
        p    | 1       | 2024-01-10 | AT      | KYMRIAH | Deafness
        p    | 2       | 2024-03-10 | FR      | KYMRIAH | Deafness
    """)
    world.signals(as_of="2024-04-30")
    assert [row[0] for row in world.all("select stratum from mart.country_margin order by 1")] == [
        "DE", "ES", "FR", "IT",
    ]  # fmt: skip
    assert world.all("select count(*) from mart.pair where isnan(expected) or isinf(expected)") == [
        (0,)
    ]


def test_the_history_is_read_by_sql_alone(world) -> None:
    _four_countries(world)
    world.cases("2024-02-15")
    world.replay([date(2024, 1, 31)])
    found: duckdb.DuckDBPyConnection = world.con.execute(
        f"select state_no, as_of::varchar, verdict, rule_name, n from {HISTORY} "
        "where product = 'Kymriah' and event = 'Deafness'"
    )
    assert found.fetchall() == [(1, "2024-01-31", "pooled_only", "default 1", 3)]


def _uneven(seed: int, cases: int = 3_000) -> list[dict]:
    """Products and events whose ratios scatter, so that the prior of most looks is determined.

    Kymriah has deafness from the third month on: first over all countries, in the end in DE too.
    """
    rng = np.random.default_rng(seed)
    products, events = 24, 40
    drugs = ["KYMRIAH", "YESCARTA", *(f"MEDICINE {n}" for n in range(products - 2))]
    terms = ["Deafness", *(f"Complaint {n}" for n in range(events - 1))]
    rate = rng.lognormal(0, 1, events) * rng.gamma(3, 1 / 3, (products, events))
    rate[:, 0] = 0.2
    rate /= rate.sum(1, keepdims=True)
    rows: list[dict] = []
    for number in range(cases):
        day = int(rng.integers(0, 180))
        product = int(rng.integers(products))
        country = ("DE", "FR", "US", "JP", "IT", "ES", "PT", None)[int(rng.integers(8))]
        found = {terms[n] for n in rng.choice(events, 2, p=rate[product])}
        if product == 0 and day > 60 and rng.random() < (0.7 if day > 120 else 0.3):
            found.add("Deafness")
        rows.append(
            {
                "case": number, "version": 1, "action": "report", "rank": 1, "link": None,
                "received": date(2024, 1, 3) + timedelta(days=day),
                "drugs": [drugs[product]], "events": sorted(found), "line": number + 1,
                "sex": None, "age_years": None, "event_date": None, "manufacturer_number": None,
                "worldwide_case_id": None, "occurrence_country": country, "reporter_country": None,
            }
        )  # fmt: skip
    return rows


def test_a_replay_gives_each_night_bit_for_bit_with_the_empirical_null(messy_world) -> None:
    """With each look's own prior, which judges that look's earlier looks too."""
    reports = _uneven(3)
    world = messy_world(reports)
    world.cases(latest(reports))
    days = looks(world)
    world.replay(days)
    seen = {day: replayed(world, day) for day in days}
    kinds = set()
    for day in days:
        then = messy_world(known_by(reports, day))
        assert seen[day] == night(then, day), day
        kinds |= set(
            then.all("select distinct null_kind from mart.signal where family is not null")
        )
    assert ("empirical",) in kinds
    verdicts = {
        row[4] for rows in seen.values() for row in rows if row[1:3] == ("Kymriah", "Deafness")
    }
    assert verdicts == {"pooled_only", "pooled_first"}
