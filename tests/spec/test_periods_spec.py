"""Like is compared with like in time: periods of receipt from reports to verdicts."""

from datetime import date

import pytest

from pv.warehouse.relations import take

# In each country the event comes to be reported more often while the product comes into use; in
# each half year the two are unrelated: 1% with and without it in the first, 20% in the second.
DRIFT = """
    times | received   | country | drugs   | events
    1     | 2023-02-10 | {0}     | KYMRIAH | Nausea
    2     | 2023-02-10 | {0}     | ASPIRIN | Deafness
    198   | 2023-02-10 | {0}     | ASPIRIN | Nausea
    4     | 2023-08-10 | {0}     | KYMRIAH | Deafness
    16    | 2023-08-10 | {0}     | KYMRIAH | Nausea
    12    | 2023-08-10 | {0}     | ASPIRIN | Deafness
    48    | 2023-08-10 | {0}     | ASPIRIN | Nausea
"""
COUNTRIES = ("DE", "FR", "IT", "ES", "PT")


def _drift(world) -> None:
    for country in COUNTRIES:
        world.report(DRIFT.format(country))


def _pair(world, columns: str) -> tuple:
    [row] = world.all(
        f"select {columns} from mart.pair join mart.signal using (product, event, event_kind) "
        "where product = 'Kymriah' and event = 'Deafness' and event_kind = 'event'"
    )
    return row


def test_what_drifts_in_time_is_confounded_by_time_and_never_a_signal(world) -> None:
    _drift(world)
    world.signals(stratum_min_cases=50, as_of="2024-03-31")
    verdict, n, expected, by_country, flagged, time_flagged = _pair(
        world,
        "verdict, mart.pair.n, mart.pair.expected, expected_by_country, flagged, time_flagged",
    )
    assert (verdict, n) == ("confounded_by_time", 20)
    # Five countries: 20 * 16 / 80 cases of the second half year, 21 * 18 / 281 of both.
    assert expected == pytest.approx(5 * (1 * 2 / 201 + 20 * 16 / 80))
    assert by_country == pytest.approx(5 * 21 * 18 / 281)
    assert (flagged, time_flagged) == (False, True)
    assert _pair(world, "reasons") == (
        [
            "By country alone 6.73 cases are expected and the pool flags it; compared with what "
            "was received in the same months, 20.05 (lower limit of the IC -0.70)."
        ],
    )


def test_without_periods_the_same_reports_would_be_flagged(world) -> None:
    _drift(world)
    world.signals(as_of="2024-03-31")
    assert _pair(world, "flagged, time_flagged") == (True, False)


def test_periods_and_their_margins_are_published(world) -> None:
    _drift(world)
    world.report("""
        times | received   | country | drugs   | events
        3     | 2023-02-10 |         | KYMRIAH | Deafness
        60    | 2023-05-10 | EU      | KYMRIAH | Deafness
    """)
    world.signals(stratum_min_cases=50, as_of="2023-11-15")
    assert world.all("""
        select stratum, receipt_period, received_from::varchar, received_to::varchar, n_cases
        from mart.period_margin
        where stratum in ('DE', 'EU (masked)', 'unknown')
        order by all
    """) == [
        ("DE", 1, None, "2023-03-31", 201),
        ("DE", 2, "2023-04-01", "2023-09-30", 80),
        ("EU (masked)", 1, None, "2023-06-30", 60),
        ("unknown", 1, None, None, 3),
    ]
    assert world.all("""
        select receipt_period, n_product, n_event
        from mart.product_period_margin
        join mart.event_period_margin using (stratum, receipt_period)
        where stratum = 'DE' and product = 'Kymriah' and event = 'Deafness'
        order by all
    """) == [(1, 1, 2), (2, 20, 16)]
    assert world.all("""
        select p.n_product, e.n_event, k.n_cases
        from mart.product_margin p
        join mart.event_margin e using (stratum)
        join mart.country_margin k using (stratum)
        where stratum = 'DE' and product = 'Kymriah' and event = 'Deafness'
    """) == [(21, 18, 281)]


def test_what_is_expected_is_the_sum_over_the_published_margins(world) -> None:
    _drift(world)
    world.signals(stratum_min_cases=50, as_of="2024-03-31")
    found = world.all("""
        with summed as (
            select
                p.product, e.event, e.event_kind, p.stratum as country,
                sum(p.n_product * e.n_event / k.n_cases) as expected
            from mart.product_period_margin p
            join mart.event_period_margin e using (stratum, receipt_period)
            join mart.period_margin k using (stratum, receipt_period)
            group by all
        )
        select max(abs(c.expected - s.expected)), count(*)
        from mart.pair_country c
        join summed s using (product, event, event_kind, country)
        union all
        select max(abs(q.expected - s.expected)), count(*)
        from mart.pair q
        join (
            select product, event, event_kind, sum(expected) as expected
            from summed
            group by all
        ) s using (product, event, event_kind)
    """)
    assert [difference < 1e-12 for difference, _ in found] == [True, True]
    assert all(rows > 3 for _, rows in found)


def test_a_late_report_of_an_old_quarter_does_not_cut_what_is_closed(world) -> None:
    """Forty cases of 2023Q1 close nothing; ten more that come late join the period of its time."""
    world.report("""
        times | received   | country | drugs   | events
        40    | 2023-02-10 | DE      | ASPIRIN | Nausea
        40    | 2023-05-10 | DE      | ASPIRIN | Nausea
        5     | 2023-08-10 | DE      | ASPIRIN | Nausea
    """)
    world.signals(stratum_min_cases=50, as_of="2023-08-31")
    periods = (
        "select receipt_period, received_to::varchar, n_cases from mart.period_margin order by 1"
    )
    assert world.all(periods) == [(1, "2023-06-30", 80), (2, None, 5)]
    world.con.execute("""
        update staging.report set receipt_date = date '2023-08-20'
        where line in (select line from staging.report order by line limit 20)
    """)
    world.report("""
        times | received   | country | drugs   | events
        60    | 2023-08-25 | DE      | ASPIRIN | Nausea
    """)
    world.con.execute("""
        update staging.report set first_receipt_date = date '2023-01-20'
        where receipt_date = date '2023-08-25'
    """)
    world.signals(stratum_min_cases=50, as_of="2023-09-30")
    # Of the first forty only twenty were known by then: the period still closes with June's.
    assert world.all(periods) == [(1, "2023-06-30", 140), (2, None, 5)]


def test_the_look_says_what_was_closed_by_its_day(world) -> None:
    _drift(world)
    world.cases("2024-03-31")
    world.signals(stratum_min_cases=50, as_of="2024-03-31")
    closed = take(world.con, "work.period")["received_to"].astype(str).tolist()
    assert closed == 5 * ["2023-03-31", "2023-09-30"]


def test_a_replay_closes_periods_as_each_night_did(world) -> None:
    _drift(world)
    world.stratum_min_cases = 50
    days = [date(2023, 3, 31), date(2023, 8, 31), date(2023, 9, 30), date(2024, 3, 31)]
    world.cases("2024-03-31")
    world.replay(days)
    replayed = world.all(
        "select state_id, verdict, valid_from_state from mart.signal_history h "
        "join mart.signal_state s on s.state_no = h.valid_from_state order by all"
    )
    assert {row[1] for row in replayed} == {"confounded_by_time"}
