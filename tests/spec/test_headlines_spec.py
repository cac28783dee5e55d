"""One headline a signal: what adds little to a better pair is folded under it."""

from datetime import date

from pv.report import headlines, triage
from pv.report.headline import PARTS, Headline
from pv.warehouse import heads
from pv.warehouse.relations import take

FIVE = ("DE", "FR", "IT", "ES", "PT")
PML, PML_GROUP = "Progressive multifocal leukoencephalopathy", "event_group"
_NULL = """
    times | country | drugs    | events
    6     | {0}     | KYMRIAH  | Nausea
    6     | {0}     | YESCARTA | Nausea
    3     | {0}     | ASPIRIN  | Deafness
    3     | {0}     | ASPIRIN  | Tinnitus
    3     | {0}     | ASPIRIN  | JC virus infection
    400   | {0}     | ASPIRIN  | Nausea
"""


def five_countries(world) -> None:
    for country in FIVE:
        world.report(_NULL.format(country))


def in_each(world, drug: str, events: str, times: int = 1) -> None:
    for country in FIVE:
        world.report(f"""
            times   | country   | drugs  | events
            {times} | {country} | {drug} | {events}
        """)


def headline(world, product: str, event: str, kind: str = "event") -> tuple:
    [row] = world.all(
        "select headline, headline_product, headline_event, headline_event_kind, n_rest "
        f"from mart.signal where product = '{product}' and event = '{event}' "
        f"and event_kind = '{kind}'"
    )
    return row


def test_an_event_of_the_same_cases_is_folded_and_one_of_its_own_cases_is_not(world) -> None:
    five_countries(world)
    in_each(world, "KYMRIAH", "Deafness, Tinnitus", 2)
    in_each(world, "KYMRIAH", "Deafness")
    world.signals()
    assert headline(world, "Kymriah", "Deafness") == (True, "Kymriah", "Deafness", "event", None)
    assert headline(world, "Kymriah", "Tinnitus") == (False, "Kymriah", "Deafness", "event", 0)
    assert world.all("select sum(rows) from mart.list_error") == [(1,)]
    # Five cases of Tinnitus alone are a signal of their own.
    in_each(world, "KYMRIAH", "Tinnitus")
    world.signals()
    assert headline(world, "Kymriah", "Tinnitus")[:2] == (True, "Kymriah")
    assert world.all("select sum(rows) from mart.list_error") == [(2,)]


def test_events_that_share_few_cases_are_not_folded_though_little_is_left(world) -> None:
    """Tinnitus has 2 of 5 cases with Deafness: less than half of the smaller set."""
    five_countries(world)
    in_each(world, "KYMRIAH", "Deafness")
    world.report("""
        country | drugs   | events
        DE      | KYMRIAH | Deafness, Tinnitus
        FR      | KYMRIAH | Deafness, Tinnitus
        IT      | KYMRIAH | Tinnitus
        ES      | KYMRIAH | Tinnitus
        PT      | KYMRIAH | Tinnitus
    """)
    world.signals()
    assert headline(world, "Kymriah", "Tinnitus")[0]


def test_an_event_that_shares_what_any_would_with_a_frequent_one_has_its_own_headline(
    world,
) -> None:
    """Tinnitus has 6 of 10 cases with Deafness, which 26 of 60 cases of the product have; of the
    other 4 some 1.2 are to be expected."""
    five_countries(world)
    for country in FIVE:
        world.report(f"""
            times | country   | drugs   | events
            12    | {country} | ASPIRIN | Tinnitus
        """)
    in_each(world, "KYMRIAH", "Deafness", 4)
    in_each(world, "KYMRIAH", "Deafness, Tinnitus")
    world.report("""
        country | drugs   | events
        DE      | KYMRIAH | Deafness, Tinnitus
        FR      | KYMRIAH | Tinnitus
        IT      | KYMRIAH | Tinnitus
        ES      | KYMRIAH | Tinnitus
        PT      | KYMRIAH | Tinnitus
    """)
    world.signals()
    assert headline(world, "Kymriah", "Tinnitus") == (True, "Kymriah", "Tinnitus", "event", None)
    assert world.all(
        "select n from mart.signal where product = 'Kymriah' and event in ('Tinnitus', 'Deafness') "
        "order by event"
    ) == [(26,), (10,)]


def test_a_group_stands_under_its_member_where_the_cases_are_the_same(world) -> None:
    """Equal p-values: the term comes before the group."""
    five_countries(world)
    in_each(world, "KYMRIAH", PML)
    world.signals()
    assert headline(world, "Kymriah", PML) == (True, "Kymriah", PML, "event", None)
    assert headline(world, "Kymriah", PML, PML_GROUP) == (False, "Kymriah", PML, "event", 0)
    [(reasons,)] = world.all(
        "select reasons from mart.signal where event_kind = 'event_group' and not headline"
    )
    assert f"It stands under Kymriah / {PML}: 0 of its 5 cases lie outside that." in reasons


def test_brands_of_a_platform_stand_under_the_best_where_its_rate_explains_them(world) -> None:
    five_countries(world)
    in_each(world, "KYMRIAH", "Deafness", 2)
    in_each(world, "YESCARTA", "Deafness", 2)
    world.report("""
        country | drugs   | events
        DE      | KYMRIAH | Deafness
    """)
    world.signals()
    assert headline(world, "Kymriah", "Deafness")[0]
    assert headline(world, "Yescarta", "Deafness") == (False, "Kymriah", "Deafness", "event", 10)


def test_a_brand_with_more_than_its_platform_explains_has_its_own_headline(world) -> None:
    """Of 65 cases 60 are of the brand that has nearly all patients; the other has 5 in 10."""
    for country in FIVE:
        world.report(
            _NULL.format(country).replace("6     ", "200   ", 1).replace("6     ", "1     ")
        )
    in_each(world, "KYMRIAH", "Deafness", 12)
    in_each(world, "YESCARTA", "Deafness")
    world.signals()
    assert headline(world, "Kymriah", "Deafness")[0]
    assert headline(world, "Yescarta", "Deafness")[0]


def test_a_replay_folds_as_a_night_does(world) -> None:
    """It leaves out Abecma, which is flagged nowhere and a brand of the platform too."""
    five_countries(world)
    for country in FIVE:
        world.report(_NULL.format(country).replace("YESCARTA", "ABECMA  "))
    in_each(world, "KYMRIAH", "Deafness", 2)
    in_each(world, "YESCARTA", "Deafness", 2)
    world.report("""
        country | drugs   | events
        DE      | KYMRIAH | Deafness
        DE      | ABECMA  | Deafness
    """)
    found = "select * from mart.signal where headline is not null order by rank"
    columns = found.replace("*", "product, event, event_kind, headline_product, n_rest, p_rest")
    world.signals()
    at_night = world.all(columns)
    assert ("Kymriah", "Yescarta", 11) in {(row[0], row[3], row[4]) for row in at_night}
    world.replay([date(2024, 12, 31)])
    assert world.all(columns) == at_night


def test_the_history_tells_a_headline_from_what_stands_under_it(world) -> None:
    """A case of Tinnitus alone in each country in the second month: then it is one of its own."""
    five_countries(world)
    in_each(world, "KYMRIAH", "Deafness, Tinnitus", 2)
    in_each(world, "KYMRIAH", "Deafness")
    for country in FIVE:
        world.report(f"""
            times | received   | country   | drugs   | events
            1     | 2024-02-15 | {country} | KYMRIAH | Tinnitus
        """)
    world.cases("2024-02-29")
    world.replay([date(2024, 1, 31), date(2024, 2, 29)])
    found = world.all(
        "select as_of::varchar, event, headline "
        f"from ({heads.read('views/signal_history').body}) "
        "where product = 'Kymriah' and event <> 'Nausea' order by all"
    )
    assert found == [
        ("2024-01-31", "Deafness", True),
        ("2024-01-31", "Tinnitus", False),
        ("2024-02-29", "Deafness", True),
        ("2024-02-29", "Tinnitus", True),
    ]


def test_what_is_folded_counts_on_no_list_and_is_still_judged(world) -> None:
    """The q-value of the headline is V over one pair, that of the folded one at its own p."""
    five_countries(world)
    in_each(world, "KYMRIAH", "Deafness, Tinnitus")
    in_each(world, "KYMRIAH", "Deafness")
    world.signals()
    rows = world.all(
        "select event, q_pool, expected_false from mart.signal "
        "where product = 'Kymriah' and event in ('Deafness', 'Tinnitus')"
    )
    found = {event: figures for event, *figures in rows}
    assert found["Deafness"][0] == found["Deafness"][1]
    assert found["Tinnitus"][0] == found["Tinnitus"][1]
    assert take(world.con, "mart.list_error", "rows")["rows"].sum() == 1


def test_a_product_outside_the_scope_is_no_headline_and_stands_under_none(world) -> None:
    five_countries(world)
    in_each(world, "WARFARIN", "Deafness")
    world.signals()
    assert headline(world, "WARFARIN", "Deafness") == (None, None, None, None, None)


def test_a_designated_event_is_first_whatever_its_place_and_its_q_value(world) -> None:
    """PML is designated, deafness is not; no place is left on the page."""
    five_countries(world)
    in_each(world, "KYMRIAH", PML)
    in_each(world, "KYMRIAH", "Deafness", 2)
    in_each(world, "WARFARIN", PML)
    for q_max in (0.2, 1e-12):
        world.signals(q_max_important=q_max)
        first = triage.read(world.con, ["primary_suspect", "suspect", "interacting"]).headlines[0]
        assert (first.product, first.event, first.designated) == ("Kymriah", PML, True), q_max
        assert first.priority in {0, 1}, q_max
    assert first.verdict == "watch"


def test_all_that_is_flagged_of_an_advanced_therapy_is_on_the_list(world, monkeypatch) -> None:
    """Ninety events of one product are as many lines, or stand under one; of others some do."""
    monkeypatch.setattr(headlines, "OTHER_ROWS", 3)
    five_countries(world)
    for number in range(90):
        in_each(world, "KYMRIAH", f"Event {number}")
    for number in range(8):
        in_each(world, "WARFARIN", f"Other {number}", 2)
    world.signals()
    found = triage.read(world.con, ["primary_suspect", "suspect", "interacting"])
    flagged = world.all(
        "select product, event, event_kind from mart.signal where verdict <> 'not_flagged' "
        "and product = 'Kymriah'"
    )
    assert len(flagged) >= 90
    lines = {line.pair for line in found.headlines}
    folded = {
        (f["product"], f["event"], f["event_kind"]) for h in found.headlines for f in h.folded
    }
    assert set(flagged) <= lines | folded
    shown = [(part, on) for part in PARTS for on in (True, False)]
    assert sum(len(found.part(part, advanced=on)) for part, on in shown) == len(found.headlines)
    others = [line for line in found.headlines if not line.advanced]
    assert 0 < len(others) <= 3 * len(PARTS)
    assert all(line.n == len(set(cases(world, line))) for line in found.headlines)


def cases(world, line: Headline) -> list[int]:
    return [n for (n,) in world.all(f"select case_id from headline_case where key = {line.key}")]
