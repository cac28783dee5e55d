"""From reports, patients treated and background rates to the state of a latency window."""

import math
from datetime import date
from typing import Any

import pytest

from pv.night.judge import judge
from pv.rates import windows
from pv.spec import AnalysisSpec
from pv.spec.windows import Window

PML = "Progressive multifocal leukoencephalopathy"


def report(world, table, text: str) -> None:
    """Reports whose `start` (of every drug) and `onset` may be known to the month or year.

    Each is of a person of another age, so that equal dates make nobody a duplicate.
    """
    for number, row in enumerate(table(text)):
        before = world.all("select coalesce(max(line), 0) from staging.report")[0][0]
        names = [k for k in ("times", "received", "country", "drugs", "events") if row[k]]
        cells = " | ".join(row[k] for k in names)
        world.report(f"{' | '.join(names)} | age\n{cells} | {20 + 11 * number % 60}")
        for table_, column, text_ in (
            ("report", "event_date", row["onset"]),
            ("report_drug", "start_date", row["start"]),
        ):
            if text_:
                world.con.execute(
                    f"update staging.{table_} set {column} = $day::date, "
                    f"{column}_precision = $precision where line > $before",
                    {
                        "day": text_ + "-01" * (2 - text_.count("-")),
                        "precision": ("year", "month", "day")[text_.count("-")],
                        "before": before,
                    },
                )


def expose(world, table, text: str) -> None:
    """Patients treated, in the period or since the first day, or person-years."""
    figures = ("patients", "person_years", "cumulative")
    for line, row in enumerate(table(text), 1):
        world.con.execute(
            "insert into staging.exposure by name select 'exposure' as source, 8 as file_id, "
            "$line as line, $product as product, $country as country, $first::date as "
            "period_start, $last::date as period_end, $patients::double as patients, "
            "$person_years::double as person_years, $cumulative::double as cumulative, "
            "'x' as reference, [] as unparsed",
            {"line": line}
            | {k: row[k] for k in ("product", "country", "first", "last")}
            | {k: row.get(k) for k in figures},
        )


def background(world, table, text: str) -> None:
    """Rates per 100,000 person-years, with what else a row tells of them."""
    names = ("event", "country", "rate", "sex", "low", "high", "count", "time", "standard", "age")
    for line, row in enumerate(table(text), 1):
        world.con.execute(
            "insert into staging.background_rate by name select 'background' as source, "
            "9 as file_id, $line as line, $event as event, $country as country, $sex as sex, "
            "$age::double as age_low, $rate::double as rate_per_100k, $low::double as rate_low, "
            "$high::double as rate_high, $count::double as events, $time::double as person_years, "
            "$standard as standard, 'registry' as reference, [] as unparsed",
            {"line": line} | {name: row.get(name) for name in names},
        )


def row(world, columns: str, window: str, country: str = "all", kind: str = "event") -> Any:
    """Columns of Kymriah's only row of that window, place and kind of event."""
    found = world.all(
        f"select {columns} from mart.rate_window where product = 'Kymriah' and "
        f"latency_window = '{window}' and country = '{country}' and event_kind = '{kind}' "
        "and (event_kind = 'event' or event = 'Insertional oncogenesis (any blood cancer it can "
        "cause)')"
    )
    assert len(found) == 1, found
    return found[0]


# The reports of a place without the product: without them no term and no look would be known.
QUIET = """
    received   | country | drugs   | events
    2022-01-15 | FR      | ASPIRIN | {0}
"""
TREATED = """
    product | country | first      | last       | patients
    Kymriah | FR      | 2022-01-01 | 2022-12-31 | {0}
"""


def test_little_person_time_is_not_yet_observable_and_never_no_signal(world, table) -> None:
    world.report(QUIET.format(PML))
    expose(world, table, TREATED.format(100))
    background(world, table, f"event | country | rate | standard\n{PML} | WORLD | 10 | crude")
    world.signals()
    state, reason, n, years, expected, low, high = row(
        world,
        "state, reason, n, person_years, expected, expected_low, expected_high",
        "all",
        "FR",
    )
    assert (state, n) == ("not_yet_observable", 0)
    # They were treated over 2022 and are followed to the end of 2024, 2 to 3 years each. Of the
    # treated 65% live through the first year, 84.7% of these through the second, 92.6% the third.
    lost = -math.log(0.926)
    third = (1 - (1 - 0.926) / lost) / lost
    lived = (1 - 0.65) / -math.log(0.65) + 0.65 * ((1 - 0.847) / -math.log(0.847) + 0.847 * third)
    assert years == pytest.approx(100 * lived, rel=0.001)
    assert expected == pytest.approx(years * 10 / 100_000)
    assert low < expected < high
    assert reason == (
        f"{expected:.3g} cases are expected without effect; 1.1 are needed to see a rate ratio of "
        "5 with a power of 80%."
    )
    # the last windows have not been reached by anybody
    assert row(world, "state, person_years, reason", "5-10 y", "FR") == (
        "not_yet_observable", 0.0, "Nobody treated has been followed into the window yet.",
    )  # fmt: skip


def test_three_cases_where_hardly_one_is_expected_are_a_signal(world, table) -> None:
    report(
        world,
        table,
        """
        times | received   | country | drugs   | events | start      | onset
        1     | 2022-10-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
        1     | 2022-11-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
        1     | 2022-12-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
    """,
    )
    expose(world, table, TREATED.format(1000))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals()
    state, n, first, verdict, reason = row(
        world, "state, n, first_signal, rate_verdict, reason", "91-365 d", "FR"
    )
    # three cases are needed, and the third came in December
    assert (state, n, first, verdict) == ("signal", 3, date(2022, 12, 31), None)
    assert reason.startswith("The sequence of looks signalled on 2022-12-31: 3 cases where 0.0")
    assert row(world, "n, n_possible, state", "1-2 y", "FR") == (0, 0, "not_yet_observable")
    assert row(world, "rate_verdict, countries_signalled, gain_days", "91-365 d") == (
        "country_signal", ["FR"], 0,
    )  # fmt: skip


def test_two_cases_of_a_designated_event_signal_in_a_late_window_only_and_one_does_not(
    world, table
) -> None:
    """In the pool and in a country alike: one case in the smallest country would always signal."""
    report(
        world,
        table,
        f"""
        received   | country | drugs   | events | start      | onset
        2022-10-15 | FR      | KYMRIAH | {PML}  | 2022-02-01 | 2022-09-01
        2022-10-15 | FR      | KYMRIAH | {PML}  | 2022-08-01 | 2022-09-01
        2022-11-15 | FR      | KYMRIAH | {PML}  | 2022-08-01 | 2022-09-01
    """,
    )
    expose(
        world,
        table,
        """
        product | country | first      | last       | patients
        Kymriah | FR      | 2022-01-01 | 2022-12-31 | 100
        Kymriah | DE      | 2022-01-01 | 2022-12-31 | 100
    """,
    )
    background(world, table, f"event | country | rate\n{PML} | WORLD | 0.5")
    world.signals()
    assert row(world, "n, state", "91-365 d", "FR") == (1, "not_yet_observable")
    # early and all windows together need three, as for any event
    assert row(world, "n, state", "31-90 d", "FR") == (2, "not_yet_observable")
    assert row(world, "n, state", "all", "FR") == (3, "signal")

    report(
        world,
        table,
        f"""
        received   | country | drugs   | events | start      | onset
        2022-12-15 | DE      | KYMRIAH | {PML}  | 2022-02-01 | 2022-09-01
    """,
    )
    world.signals()
    late = "n, state, first_signal, rate_verdict"
    assert row(world, late, "91-365 d") == (2, "signal", date(2022, 12, 31), "pooled_only")
    assert row(world, late, "91-365 d", "DE")[:2] == (1, "not_yet_observable")
    fewest = world.all(
        "select latency_window, minimum_events from ops.alpha_ledger "
        f"where event = '{PML}' and country = 'all'"
    )
    assert dict(fewest) == {
        "0-30 d": 3, "31-90 d": 3, "91-365 d": 2, "1-2 y": 2, "2-5 y": 2, "all": 3,
    }  # fmt: skip


def test_no_case_where_many_are_expected_excludes_with_its_condition(world, table) -> None:
    world.report(QUIET.format("Tinnitus"))
    world.report("times | country | drugs | events\n3 | FR | KYMRIAH | Nausea")
    expose(world, table, TREATED.format(1000))
    background(world, table, "event | country | rate\nTinnitus | WORLD | 400")
    world.signals()
    state, upper, low, fraction, reason = row(
        world, "state, rr_upper, expected_low, exclusion_fraction, reason", "all", "FR"
    )
    # none seen: the two-sided upper limit is -ln(.025) cases
    assert upper == pytest.approx(3.6888795 / low)
    assert fraction == pytest.approx(upper / 5)
    assert state == "excluded"
    # the share is rounded up: a little less reporting would not do
    assert reason.endswith(f"if at least {math.ceil(100 * fraction)}% of the events are reported.")


def test_nothing_is_excluded_where_the_product_is_hardly_known_at_all(world, table) -> None:
    """Two cases among a thousand treated: the reports at hand may not be those of the place."""
    world.report(QUIET.format("Tinnitus"))
    world.report("times | country | drugs | events\n2 | FR | KYMRIAH | Nausea")
    expose(world, table, TREATED.format(1000))
    background(world, table, "event | country | rate\nTinnitus | WORLD | 400")
    world.signals()
    state, upper, reason = row(world, "state, rr_upper, reason", "all", "FR")
    assert upper < 5
    assert state == "inconclusive"
    assert reason == (
        "The person-time would do, but of the product only 2 cases are known here, of whatever "
        "event: the reports may not cover it, and few cases mean nothing."
    )


def test_a_case_that_may_be_in_the_window_stands_in_the_way_of_excluding(world, table) -> None:
    """Nine cases without any date may all have come after one to two years."""
    report(
        world,
        table,
        """
        times | received   | country | drugs   | events   | start | onset
        9     | 2022-10-15 | FR      | KYMRIAH | Tinnitus |       |
    """,
    )
    expose(world, table, TREATED.format(1000))
    background(world, table, "event | country | rate\nTinnitus | WORLD | 400")
    world.signals()
    state, n, possible, upper, low = row(
        world, "state, n, n_possible, rr_upper, expected_low", "1-2 y", "FR"
    )
    # Garwood: 9 cases have an upper limit of 17.0848
    assert (state, n, possible) == ("inconclusive", 0, 9)
    assert upper == pytest.approx(17.084801 / low)
    assert upper > 5


def test_without_a_background_rate_the_state_says_so(world, table) -> None:
    report(
        world,
        table,
        """
        received   | country | drugs   | events    | start      | onset
        2022-10-15 | FR      | KYMRIAH | Leukaemia | 2022-02-01 | 2022-09-01
    """,
    )
    expose(world, table, TREATED.format(100))
    world.signals()
    state, reason, n, expected, rate = row(
        world, "state, reason, n, expected, rate_py", "91-365 d", "FR", "event_group"
    )
    assert (state, reason, n, expected) == (
        "not_yet_observable", "There is no background rate to compare with.", 1, None,
    )  # fmt: skip
    assert rate > 0
    # an event without a rate is no row of its own
    assert world.all("select count(*) from mart.rate_window where event = 'Leukaemia'") == [(0,)]


def test_a_rate_of_a_member_is_none_of_its_group(world, table) -> None:
    world.report(QUIET.format("Leukaemia"))
    expose(world, table, TREATED.format(100))
    background(world, table, "event | country | rate\nLeukaemia | WORLD | 10")
    world.signals()
    assert row(world, "expected", "all", "FR", "event_group") == (None,)
    assert row(world, "expected > 0", "all", "FR") == (True,)


def test_partial_dates_are_intervals_and_never_invented_days(world, table) -> None:
    """Given in May, begun in July: 31 to 91 days, in one window or the next."""
    report(
        world,
        table,
        """
        received   | country | drugs   | events   | start   | onset
        2022-10-15 | FR      | KYMRIAH | Deafness | 2022-05 | 2022-07
        2022-10-15 | FR      | KYMRIAH | Deafness | 2022-05 | 2022-05-20
        2022-07-20 | FR      | KYMRIAH | Deafness | 2022-05 | 2022-07
    """,
    )
    expose(world, table, TREATED.format(100))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals()
    found = {w: row(world, "n, n_possible", w, "FR") for w in ("31-90 d", "91-365 d", "0-30 d")}
    # the second may have begun before or up to 19 days after: possible in the first window alone;
    # the third was received on 20 July, so that 80 days are the most
    assert found == {"31-90 d": (1, 2), "91-365 d": (0, 1), "0-30 d": (0, 1)}
    assert row(world, "n, n_possible, n_before", "all", "FR") == (3, 3, 0)


def test_an_onset_before_the_product_is_told_and_in_no_window(world, table) -> None:
    report(
        world,
        table,
        """
        received   | country | drugs   | events   | start      | onset
        2022-10-15 | FR      | KYMRIAH | Deafness | 2022-05-10 | 2022-05-09
        2022-10-15 | FR      | KYMRIAH | Deafness | 2022-05-10 | 2022-05-10
    """,
    )
    expose(world, table, TREATED.format(100))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals()
    assert row(world, "n, n_possible, n_before", "all", "FR") == (1, 1, 1)
    assert row(world, "n, n_possible, n_before", "all") == (1, 1, 1)
    assert row(world, "n, n_possible, n_before", "0-30 d", "FR") == (1, 1, None)


def test_only_those_whom_the_exposure_counts_are_counted(world, table) -> None:
    """The exposure is that of 2022; follow-up goes on."""
    report(
        world,
        table,
        """
        received   | country | drugs   | events   | start      | onset
        2024-03-15 | FR      | KYMRIAH | Deafness | 2022-05-10 | 2024-01-10
        2024-03-15 | FR      | KYMRIAH | Deafness | 2023-05-10 | 2024-01-10
        2024-03-15 | DE      | KYMRIAH | Deafness | 2022-05-10 | 2024-01-10
        2022-03-15 | FR      | KYMRIAH | Deafness |            |
        2024-03-15 | FR      | KYMRIAH | Deafness |            |
        2021-03-15 | FR      | KYMRIAH | Deafness |            |
    """,
    )
    expose(world, table, TREATED.format(100))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals()
    # treated in 2022; treated in 2023; another country; undated and received in, after and before
    # the exposure: the one after it may have been treated in it
    assert row(world, "n, n_possible", "all", "FR") == (2, 3)
    assert row(world, "n, n_possible", "all") == (2, 3)
    assert row(world, "n, n_possible", "1-2 y", "FR") == (1, 3)


def test_a_world_figure_is_the_pools_own_denominator(world, table) -> None:
    report(
        world,
        table,
        """
        received   | country | drugs   | events   | start      | onset
        2022-10-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
        2022-10-15 | DE      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
        2022-10-15 |         | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
    """,
    )
    expose(
        world,
        table,
        """
        product | country | first      | last       | patients
        Kymriah | WORLD   | 2022-01-01 | 2022-12-31 | 500
        Kymriah | FR      | 2022-01-01 | 2022-12-31 | 100
    """,
    )
    background(world, table, "event | country | rate\nDeafness | WORLD | 10\nDeafness | FR | 20")
    world.signals()
    n, years, country = row(world, "n, person_years, background_country", "91-365 d")
    n_fr, years_fr, country_fr = row(world, "n, person_years, background_country", "91-365 d", "FR")
    assert (n, country, n_fr, country_fr) == (3, "WORLD", 1, "FR")
    # five times the patients, and those of France are among them
    assert years == pytest.approx(5 * years_fr)
    assert world.all(
        "select distinct country from mart.rate_window where product = 'Kymriah' order by 1"
    ) == [("FR",), ("all",)]


def test_person_years_given_directly_have_no_window_but_all(world, table) -> None:
    world.report(QUIET.format("Deafness"))
    expose(
        world,
        table,
        """
        product | country | first      | last       | person_years
        Kymriah | FR      | 2024-01-01 | 2024-12-31 | 366
    """,
    )
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals(as_of="2024-12-01")
    # 336 of 366 days have gone, one person-year each
    assert row(world, "person_years, person_years_low, person_years_high", "all", "FR") == (
        pytest.approx((336, 336, 336))
    )
    assert row(world, "person_years, state, reason", "91-365 d", "FR") == (
        0.0, "not_yet_observable",
        "The exposure is given as person-years: it does not tell the time since treatment.",
    )  # fmt: skip


GAP = """
    product | country | first      | last       | patients
    Kymriah | FR      | 2021-01-01 | 2021-12-31 | 1000
    {0}
    Kymriah | FR      | 2023-01-01 | 2023-12-31 | 1000
"""
NOBODY = "Kymriah | FR      | 2022-01-01 | 2022-12-31 | 0"


def test_who_was_treated_on_days_without_exposure_is_not_counted(world, table) -> None:
    """Nothing is known of 2022: neither its patients nor their cases are counted."""
    report(
        world,
        table,
        """
        received   | country | drugs   | events   | start      | onset
        2022-10-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
        2023-10-15 | FR      | KYMRIAH | Deafness | 2021-12-31 | 2023-09-01
        2023-10-15 | FR      | KYMRIAH | Deafness | 2023-01-01 | 2023-09-01
        2023-10-15 | FR      | KYMRIAH | Deafness | 2022-12 | 2023-09-01
        2023-10-15 | FR      | KYMRIAH | Deafness | 2023 | 2023-09-01
        2022-06-15 | FR      | KYMRIAH | Deafness |            |
        2023-06-15 | FR      | KYMRIAH | Deafness |            |
    """,
    )
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    expose(world, table, "\n".join(x for x in GAP.splitlines() if "{" not in x))
    world.signals()
    # of 2021 and 2023, the second, third, fifth and last; the sixth may have been treated in 2021
    assert row(world, "n, n_possible, gap_days", "all", "FR") == (4, 5, 365)
    assert row(world, "n, n_possible, gap_days", "all") == (4, 5, 365)
    # received in the covered days: the second to fifth and the last
    assert world.all(
        "select n, patients from mart.rate where country = 'FR' and event = 'Deafness'"
    ) == [(5, 2000)]


def test_a_period_in_which_nobody_was_treated_is_no_gap(world, table) -> None:
    report(
        world,
        table,
        """
        received   | country | drugs   | events   | start      | onset
        2022-10-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
        2022-06-15 | FR      | KYMRIAH | Deafness |            |
        2024-06-15 | FR      | KYMRIAH | Deafness | 2024-01-01 | 2024-02-01
    """,
    )
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    expose(world, table, GAP.format(NOBODY))
    world.signals()
    assert row(world, "n, n_possible, gap_days", "all", "FR") == (2, 2, 0)
    assert world.all(
        "select n, patients from mart.rate where country = 'FR' and event = 'Deafness'"
    ) == [(2, 2000)]


def test_excluded_says_of_which_days_nothing_is_known(world, table) -> None:
    world.report(QUIET.format("Tinnitus"))
    world.report("times | country | drugs | events\n3 | FR | KYMRIAH | Nausea")
    background(world, table, "event | country | rate\nTinnitus | WORLD | 400")
    expose(world, table, "\n".join(x for x in GAP.splitlines() if "{" not in x))
    world.signals()
    state, reason = row(world, "state, reason", "all", "FR")
    assert state == "excluded"
    assert reason.endswith(
        " events are reported. Nothing is said of those treated on 365 days without exposure."
    )


TOTALS = """
    product | country | first      | last       | cumulative
    Kymriah | FR      | 2020-01-01 | 2021-12-31 | 1000
    Kymriah | FR      | 2020-01-01 | 2022-12-31 | {0}
"""


def years_by(world, table, as_of: str, exposure: str) -> float:
    """Person-years of Kymriah in France when only these figures are known."""
    world.con.execute("delete from staging.exposure")
    expose(world, table, exposure)
    world.signals(as_of=as_of)
    return row(world, "person_years", "all", "FR")[0]


def periods(world) -> list[tuple]:
    return world.all(
        "select period_start::varchar, period_end::varchar, patients, cumulative "
        "from core.exposure order by period_start"
    )


def test_a_total_given_again_a_year_later_adds_nobody(world, table) -> None:
    world.report(QUIET.format("Deafness"))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    first = "\n".join(TOTALS.splitlines()[:3])
    alone = years_by(world, table, "2024-12-31", first)
    assert years_by(world, table, "2024-12-31", TOTALS.format(1000)) == pytest.approx(alone)
    assert periods(world) == [
        ("2020-01-01", "2021-12-31", 1000, 1000),
        ("2022-01-01", "2022-12-31", 0, 1000),
    ]


def test_a_higher_total_adds_those_treated_since_the_one_before(world, table) -> None:
    world.report(QUIET.format("Deafness"))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    by_period = """
        product | country | first      | last       | patients
        Kymriah | FR      | 2020-01-01 | 2021-12-31 | 1000
        Kymriah | FR      | 2022-01-01 | 2022-12-31 | 500
    """
    expected = years_by(world, table, "2024-12-31", by_period)
    assert years_by(world, table, "2024-12-31", TOTALS.format(1500)) == pytest.approx(expected)
    # a total whose period is still running counts as far as its days have gone
    expected = years_by(world, table, "2022-06-30", by_period)
    assert years_by(world, table, "2022-06-30", TOTALS.format(1500)) == pytest.approx(expected)


def test_a_lower_total_corrects_the_one_before_from_its_own_day_on(world, table) -> None:
    world.report(QUIET.format("Deafness"))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    lower = TREATED.replace("2022-01-01", "2020-01-01").replace("patients", "cumulative")
    alone = years_by(world, table, "2022-12-31", lower.format(900))
    assert years_by(world, table, "2022-12-31", TOTALS.format(900)) == pytest.approx(alone)
    assert periods(world) == [("2020-01-01", "2022-12-31", 900, 900)]
    # the day before, nobody knew better
    first = "\n".join(TOTALS.splitlines()[:3])
    alone = years_by(world, table, "2022-12-30", first)
    assert years_by(world, table, "2022-12-30", TOTALS.format(900)) == pytest.approx(alone)


def test_a_total_to_the_same_day_replaces_the_one_before(world, table) -> None:
    world.report(QUIET.format("Deafness"))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    twice = TOTALS.replace("2022-12-31", "2021-12-31")
    years_by(world, table, "2024-12-31", twice.format(1200))
    assert periods(world) == [("2020-01-01", "2021-12-31", 1200, 1200)]


def test_person_years_given_directly_are_held_against_the_events_of_their_days(
    world, table
) -> None:
    """Whose person-time the figure is, is known of nobody: when the event came, is."""
    report(
        world,
        table,
        """
        received   | country | drugs   | events   | start      | onset
        2024-06-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2024-05-01
        2024-06-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2023-12-31
        2024-06-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2024
        2024-06-15 | FR      | KYMRIAH | Deafness |            | 2023
        2024-06-15 | FR      | KYMRIAH | Deafness |            |
        2025-06-15 | FR      | KYMRIAH | Deafness | 2024-02-01 | 2025-05-01
        2025-06-15 | FR      | KYMRIAH | Deafness | 2024-02-01 |
    """,
    )
    expose(
        world,
        table,
        """
        product | country | first      | last       | person_years
        Kymriah | FR      | 2024-01-01 | 2024-12-31 | 366
    """,
    )
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals(as_of="2025-12-31")
    # the first, third and fifth; the last may have come in 2024
    assert row(world, "n, n_possible", "all", "FR") == (3, 4)


THREE = """
    received   | country | drugs   | events   | start      | onset
    2022-10-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
    2022-11-15 | DE      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
    2022-12-15 | IT      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
"""
PLACES = """
    product | country | first      | last       | patients
    Kymriah | FR      | 2022-01-01 | 2022-12-31 | 300
    Kymriah | DE      | 2022-01-01 | 2022-12-31 | 300
    Kymriah | IT      | 2022-01-01 | 2022-12-31 | 300
"""


def test_one_case_in_each_of_three_countries_is_pooled_only_and_the_gain_is_open(
    world, table
) -> None:
    report(world, table, THREE)
    expose(world, table, PLACES)
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals(as_of="2023-01-30")
    found = row(
        world,
        "rate_verdict, first_signal, first_country_signal, countries_signalled, gain_days, "
        "gain_censored",
        "all",
    )
    assert found == ("pooled_only", date(2022, 12, 31), None, [], 30, True)


def test_a_country_that_has_signalled_stays_when_its_exposure_is_withdrawn(world, table) -> None:
    report(world, table, THREE.replace("DE", "FR").replace("IT", "FR"))
    expose(world, table, PLACES)
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals(as_of="2023-01-30")
    said = "rate_verdict, first_country_signal, countries_signalled"
    assert row(world, said, "all") == ("country_signal", date(2022, 12, 31), ["FR"])
    world.con.execute("delete from staging.exposure where country = 'FR'")
    world.signals(as_of="2023-01-31")
    assert world.all("select count(*) from mart.rate_window where country = 'FR'") == [(0,)]
    assert row(world, said, "all") == ("country_signal", date(2022, 12, 31), ["FR"])


def test_a_late_window_without_alpha_says_that_nothing_is_tested(world, table) -> None:
    """Five late windows share one alpha; a sixth is planned when they have opened."""
    report(world, table, THREE)
    expose(world, table, PLACES.replace("2022-", "2012-"))
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.cases("2023-01-31")
    spec = AnalysisSpec.load()
    judge(world.con, spec, date(2023, 1, 31))
    [first, second, third, *others] = spec.windows.window
    parted = [first, second, Window(name="91-180 d", last_day=180), third, *others]
    plan = spec.windows.model_copy(update={"window": tuple(parted)})
    world.cases("2023-02-28")
    judge(world.con, spec.model_copy(update={"windows": plan}), date(2023, 2, 28))
    state, reason, status = row(world, "state, reason, chain_status", "91-180 d")
    assert (state, status) == ("not_yet_observable", None)
    assert reason == (
        "The window was planned when the late windows of this product and event had opened: they "
        "have left it no alpha, and nothing is tested."
    )
    [(spent,)] = world.all(
        "select sum(alpha) from ops.alpha_ledger where chain_no = 1 and country = 'all' "
        "and event = 'Deafness' and late_windows is not null and taken_back_on is null"
    )
    assert spent <= 0.05 + 1e-12


def test_a_country_that_signals_later_ends_pooled_only_and_gives_the_gain(world, table) -> None:
    report(world, table, THREE)
    report(
        world,
        table,
        """
        times | received   | country | drugs   | events   | start      | onset
        2     | 2023-03-15 | DE      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
    """,
    )
    expose(world, table, PLACES)
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals()
    found = row(
        world,
        "rate_verdict, first_signal, first_country_signal, countries_signalled, gain_days, "
        "gain_censored",
        "all",
    )
    # from the last of December to the last of March
    assert found == (
        "country_signal", date(2022, 12, 31), date(2023, 3, 31), ["DE"], 31 + 28 + 31, False,
    )  # fmt: skip


def test_a_pool_compares_only_places_with_a_background(world, table) -> None:
    report(world, table, THREE)
    expose(world, table, PLACES)
    background(
        world,
        table,
        """
        event    | country | rate | count | time
        Deafness | FR      | 10   | 30    | 300000
        Deafness | DE      | 20   | 50    | 250000
    """,
    )
    world.signals()
    n, compared, expected, common, lower, oe, random, tau2 = row(
        world,
        "n, n_compared, expected, common_rr, common_rr_lower, oe, random_rr, tau2",
        "91-365 d",
    )
    [(fr,)] = world.all(
        "select person_years from mart.rate_window where country = 'FR' and "
        "latency_window = '91-365 d' and event = 'Deafness'"
    )
    # the third, in Italy, has nothing to be compared with
    assert (n, compared) == (3, 2)
    assert expected == pytest.approx(fr * (10 + 20) / 100_000)
    # with hundreds of times the person-time, the backgrounds are all but exact
    assert common == pytest.approx(oe, rel=0.05)
    assert 1 < lower < common
    assert random == pytest.approx(common, rel=0.05)
    assert tau2 == pytest.approx(0)
    assert row(world, "expected, state, reason", "91-365 d", "IT") == (
        None, "not_yet_observable", "There is no background rate to compare with.",
    )  # fmt: skip


def test_of_several_rates_the_crude_one_of_both_sexes_and_the_own_country_is_taken(
    world, table
) -> None:
    world.report(QUIET.format("Deafness"))
    expose(world, table, PLACES)
    background(
        world,
        table,
        """
        event    | country | rate | standard     | sex | age
        Deafness | FR      | 10   | crude        |     |
        Deafness | FR      | 90   | age-adjusted |     |
        Deafness | DE      | 90   | age-adjusted |     |
        Deafness | DE      | 90   | crude        | M   |
        Deafness | WORLD   | 20   | crude        |     |
        Deafness | IT      | 90   | crude        |     | 60
        Deafness | IT      | 95   | crude        |     | 70
    """,
    )
    world.signals()
    found = world.all(
        "select country, background_country, 100000 * expected / person_years "
        "from mart.rate_window where event = 'Deafness' and latency_window = 'all' order by 1"
    )
    # DE has none to the standard of the others, IT two ages and no rate of all: the world's
    assert found == [
        ("DE", "WORLD", pytest.approx(20)),
        ("FR", "FR", pytest.approx(10)),
        ("IT", "WORLD", pytest.approx(20)),
        ("all", None, pytest.approx((10 + 20 + 20) / 3)),
    ]


def test_a_background_of_few_events_widens_the_interval(world, table) -> None:
    """The same rate, from 3 events or taken for exact."""
    report(world, table, THREE)
    expose(world, table, PLACES)
    background(
        world,
        table,
        """
        event    | country | rate | count | time
        Deafness | FR      | 10   | 3     | 30000
        Deafness | DE      | 10   |       |
    """,
    )
    world.signals()
    few, few_p = row(world, "oe_lower, p_excess", "91-365 d", "FR")
    exact, exact_p = row(world, "oe_lower, p_excess", "91-365 d", "DE")
    assert few < exact
    assert few_p > exact_p


def test_every_product_event_and_window_has_its_pool_though_nothing_happened(world, table) -> None:
    world.report(QUIET.format("Nausea"))
    expose(world, table, TREATED.format(100))
    world.signals()
    [(rows, groups, windows, states)] = world.all(
        "select count(*), count(distinct event), count(distinct latency_window), "
        "count(distinct state) from mart.rate_window where country = 'all'"
    )
    assert (rows, windows, states) == (groups * 8, 8, 1)
    assert world.all("select count(*) from core.event_group") == [(groups,)]
    assert world.all("select count(*) from mart.power") == [(2 * rows,)]


def test_time_to_onset_is_conditional_on_the_longest_follow_up(world, table) -> None:
    """Five cases treated 100 days before the lock, onsets on days 10, 20, 30, 40 and 80: as many
    are at risk as have begun, so that the shares are fifths."""
    onsets = [10, 20, 30, 40, 80]
    days = [f"{date.fromordinal(date(2024, 9, 22).toordinal() + d)}" for d in onsets]
    lines = "\n".join(f"2024-12-30 | FR | KYMRIAH | Deafness | 2024-09-22 | {d}" for d in days)
    report(world, table, f"received | country | drugs | events | start | onset\n{lines}")
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals(as_of="2024-12-31")
    found = world.all(
        "select days, onset_share_low, onset_share_high, tmax_days, n_dated, n_used "
        "from mart.time_to_onset where event_kind = 'event' order by days"
    )
    shares = {7: 0, 14: 1 / 5, 30: 3 / 5, 60: 4 / 5, 90: 1, 100: 1}
    assert [(d, *rest) for d, *rest in found] == [
        (d, pytest.approx(s), pytest.approx(s), 100, 5, 5) for d, s in shares.items()
    ]
    assert world.all("select statement from mart.time_to_onset where days = 30") == [
        ("Of onsets within 100 days of administration, the longest follow-up of a reported case, "
         "60% came by day 30. Later onsets cannot be known yet.",)
    ]  # fmt: skip


def test_four_dated_cases_give_no_onset_curve(world, table) -> None:
    report(
        world,
        table,
        """
        times | received   | country | drugs   | events   | start      | onset
        4     | 2022-10-15 | FR      | KYMRIAH | Deafness | 2022-02-01 | 2022-09-01
    """,
    )
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals()
    assert world.all("select count(*) from mart.time_to_onset") == [(0,)]


def test_the_looks_know_the_cases_and_the_expectation_of_each_day(world, table) -> None:
    report(world, table, THREE)
    expose(world, table, PLACES)
    background(world, table, "event | country | rate\nDeafness | WORLD | 10")
    world.signals(as_of="2023-01-30")
    read = windows.read(world.con, date(2023, 1, 30), AnalysisSpec.load())
    looks = read.looks().looks
    own = (looks.country == "all") & (looks.latency_window == "all") & looks.is_due
    days = [str(day) for day in looks.as_of[own]]
    assert list(zip(days, looks.n[own], strict=True)) == [
        ("2022-10-31", 1), ("2022-11-30", 2), ("2022-12-31", 3),
    ]  # fmt: skip
    world.signals(as_of="2022-12-31")
    [(expected,)] = world.all(
        "select expected from mart.rate_window where country = 'all' and latency_window = 'all' "
        "and event = 'Deafness'"
    )
    assert looks.expected[own][-1] == pytest.approx(expected)
    assert (looks.expected[own][1:] > looks.expected[own][:-1]).all()
    keys = list(
        zip(looks.product, looks.event, looks.event_kind, looks.latency_window, looks.country,
            looks.as_of, strict=True)
    )  # fmt: skip
    assert keys == sorted(keys)
