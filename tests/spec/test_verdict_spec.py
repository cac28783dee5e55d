"""When a pair is a signal of the pool alone: METHODS part 3 and part 7, conditions 1 to 3."""

import numpy as np
import pytest
from scipy import stats


def test_simpson_is_confounded_by_country_and_never_a_signal(world) -> None:
    """METHODS part 3: inside each country nothing; collapsed, PRR 3.95."""
    world.report("""
        times | country | drugs   | events
        8     | DE      | KYMRIAH | Deafness
        92    | DE      | KYMRIAH | Nausea
        16    | DE      | ASPIRIN | Deafness
        184   | DE      | ASPIRIN | Nausea
        1     | FR      | KYMRIAH | Deafness
        99    | FR      | KYMRIAH | Nausea
        99    | FR      | ASPIRIN | Deafness
        9801  | FR      | ASPIRIN | Nausea
    """)
    world.signals()
    assert world.verdict("Kymriah", "Deafness") == ("confounded_by_country", 9, [])
    [(crude_prr, crude_chi2, crude_ic025, expected, ic, ic025, ror, prr)] = world.all(
        "select crude_prr, crude_chi2_yates, crude_ic025, expected, ic, ic025, ror, prr "
        "from mart.pair where product = 'Kymriah' and event = 'Deafness'"
    )
    assert (crude_prr, crude_chi2, crude_ic025) == pytest.approx(
        (3.9521739, 15.9116249, 0.6149496), abs=1e-6
    )
    # 100 * 24 / 300 + 100 * 100 / 10,000 = 8 + 1 cases expected, 9 seen
    assert (expected, ic, ror, prr) == pytest.approx((9, 0, 1, 1), abs=1e-9)
    assert ic025 == pytest.approx(-1.0930662, abs=1e-6)
    assert world.all("select prr from mart.pair_country where product = 'Kymriah' and a = 8") == [
        (pytest.approx(1.0),)
    ]


def test_the_crude_ratios_have_both_limits(world) -> None:
    world.report("""
        times | country | drugs   | events
        9     | DE      | KYMRIAH | Deafness
        191   | DE      | KYMRIAH | Nausea
        115   | FR      | ASPIRIN | Deafness
        9985  | FR      | ASPIRIN | Nausea
    """)
    world.signals()
    [(ic025, ic975, ror025, ror975)] = world.all(
        "select crude_ic025, crude_ic975, crude_ror025, crude_ror975 from mart.pair "
        "where product = 'Kymriah' and event = 'Deafness'"
    )
    expected = 200 * 124 / 10_300
    by_gamma = np.log2(stats.gamma.ppf([0.025, 0.975], 9.5, scale=1 / (expected + 0.5)))
    assert (ic025, ic975) == pytest.approx(tuple(by_gamma), abs=1e-6)
    odds_ratio, se = 9 * 9985 / (191 * 115), (1 / 9 + 1 / 191 + 1 / 115 + 1 / 9985) ** 0.5
    by_woolf = odds_ratio * np.exp(np.array([-1.959964, 1.959964]) * se)
    assert (ror025, ror975) == pytest.approx(tuple(by_woolf), rel=1e-6)


_NULL = """
    times | country | drugs   | events
    6     | {0}     | KYMRIAH | Nausea
    3     | {0}     | ASPIRIN | Deafness
    400   | {0}     | ASPIRIN | Nausea
"""


def _report(world, cases: dict[str, int], bystanders: tuple[str, ...] = ()) -> None:
    for country in (*cases, *bystanders):
        world.report(_NULL.format(country))
    for country, times in cases.items():
        world.report(
            f"""
            times   | country   | drugs   | events
            {times} | {country} | KYMRIAH | Deafness
            """
        )


def test_one_case_in_each_of_five_countries_is_pooled_only(world) -> None:
    _report(world, dict.fromkeys(("DE", "FR", "IT", "ES", "PT"), 1))
    world.signals()
    assert world.verdict("Kymriah", "Deafness") == ("pooled_only", 5, [])
    [(reasons, countries, share, fragility)] = world.all(
        "select reasons, n_countries, top_share, loco_fragility from mart.signal "
        "where verdict = 'pooled_only'"
    )
    assert (countries, share) == (5, pytest.approx(1 / 5))
    assert reasons[1] == (
        "No country flags on its own: 5 countries share the cases, the most in DE (20%)."
    )
    # with 3 of the 5 left, 3 cases against 3 * (7 * 4 / 410) = 0.2 still flag; with 2, n < 3
    assert fragility == 3


def test_a_country_that_flags_alone_is_named(world) -> None:
    _report(world, {"DE": 4, "FR": 1, "IT": 1})
    world.signals()
    assert world.verdict("Kymriah", "Deafness") == ("country_signal", 6, ["DE"])


def test_a_country_where_only_the_product_has_the_event_flags_though_its_ror_is_infinite(
    world,
) -> None:
    world.report("""
        times | country | drugs   | events
        4     | DE      | KYMRIAH | Deafness
        10    | DE      | KYMRIAH | Nausea
        400   | DE      | ASPIRIN | Nausea
        1     | FR      | KYMRIAH | Deafness
        400   | FR      | ASPIRIN | Nausea
    """)
    world.signals()
    assert world.verdict("Kymriah", "Deafness") == ("country_signal", 5, ["DE"])
    assert world.all("select ror025 from mart.pair_country where a = 4 and event = 'Deafness'") == [
        (None,)
    ]


def test_one_country_with_more_than_four_fifths_drives_it(world) -> None:
    """Nine in JP where 4.7 are expected do not flag there; one in each of FR and IT tip the pool
    over its threshold, but JP holds 9/11 of the cases."""
    world.report("""
        times | country | drugs   | events
        9     | JP      | KYMRIAH | Deafness
        38    | JP      | KYMRIAH | Nausea
        41    | JP      | ASPIRIN | Deafness
        412   | JP      | ASPIRIN | Nausea
        1     | FR      | KYMRIAH | Deafness
        6     | FR      | KYMRIAH | Nausea
        3     | FR      | ASPIRIN | Deafness
        400   | FR      | ASPIRIN | Nausea
        1     | IT      | KYMRIAH | Deafness
        6     | IT      | KYMRIAH | Nausea
        3     | IT      | ASPIRIN | Deafness
        400   | IT      | ASPIRIN | Nausea
    """)
    world.signals()
    # 47 * 50 / 500 = 4.7 in JP; 7 * 4 / 410 in each of the others
    assert world.all("select expected from mart.pair where n = 11 and product = 'Kymriah'") == [
        (pytest.approx(4.7 + 2 * 28 / 410),)
    ]
    assert world.verdict("Kymriah", "Deafness") == ("single_country_driven", 11, [])


def test_a_country_with_just_the_largest_share_does_not_drive_it(world) -> None:
    """63 of 90 cases are in the US: .7 of them, in the verdict and in the permutation null."""
    world.report("""
        times | country | drugs   | events
        63    | US      | KYMRIAH | Deafness
        537   | US      | KYMRIAH | Nausea
        937   | US      | ASPIRIN | Deafness
        8463  | US      | ASPIRIN | Nausea
    """)
    small = ("DE", "FR", "IT", "ES", "PT", "AT", "BE", "DK", "FI", "SE", "GR", "IE", "NL")
    _report(world, {**dict.fromkeys(small, 2), "PL": 1})
    world.signals(max_country_share=0.7, homogeneity_alpha=0)
    assert world.verdict("Kymriah", "Deafness") == ("pooled_only", 90, [])
    assert world.all(
        "select pooled_only_mean from mart.permutation_null where permutation = 'observed'"
    ) == [(1,)]


def test_countries_without_a_case_add_their_expectation(world) -> None:
    """Leaving the zeros out would inflate every pooled statistic."""
    _report(world, {"DE": 1, "FR": 1, "IT": 1}, bystanders=("US", "JP"))
    world.signals()
    [(n, expected)] = world.all(
        "select n, expected from mart.pair where product = 'Kymriah' and event = 'Deafness'"
    )
    # three countries with 7 * 4 / 410, two with 6 * 3 / 409
    assert (n, expected) == (3, pytest.approx(3 * 7 * 4 / 410 + 2 * 6 * 3 / 409))


def test_cases_without_a_country_count_in_the_pool_but_are_no_country(world) -> None:
    _report(world, {"EU": 4, "DE": 1})
    world.signals()
    verdict, n, alone = world.verdict("Kymriah", "Deafness")
    assert (verdict, n, alone) == ("single_country_driven", 5, [])
    assert world.all("select distinct n_countries from mart.signal where n = 5") == [(1,)]
    # the region takes them: Europe flags
    assert world.all(
        "select region from mart.pair_region where flagged and event = 'Deafness'"
    ) == [("Europe",)]


def test_every_flagged_pair_says_whether_its_countries_agree(world) -> None:
    """No advanced therapy here: of two pairs with 4 cases, one has them in one country, one in 4.

    Margins are the same in all four countries, so that given n = 4 all shares are 1/4.
    """
    for country in ("DE", "FR", "IT", "ES"):
        here, elsewhere = ("ASPIRIN", "WARFARIN") if country == "DE" else ("WARFARIN", "ASPIRIN")
        world.report(f"""
            times | country   | drugs       | events
            4     | {country} | {here}      | Tinnitus
            4     | {country} | {elsewhere} | Nausea
            6     | {country} | ASPIRIN     | Nausea
            1     | {country} | IBUPROFEN   | Deafness
            9     | {country} | IBUPROFEN   | Nausea
            400   | {country} | WARFARIN    | Nausea
        """)
    world.signals()
    assert world.all(
        "select product, event, n, homogeneity_p from mart.pair where flagged order by product"
    ) == [
        ("ASPIRIN", "Tinnitus", 4, pytest.approx(4 / 4**4)),
        ("IBUPROFEN", "Deafness", 4, pytest.approx(1)),
    ]
    assert world.all("select count(*) from mart.pair where not flagged and homogeneity_p >= 0") == [
        (0,)
    ]


def test_cases_are_counted_never_rows(world) -> None:
    """One case with the drug in three doses and the event twice is one case."""
    world.report("""
        times | country | drugs                     | events
        1     | DE      | KYMRIAH, KYMRIAH, KYMRIAH | Deafness, Deafness, DEAFNESS
        2     | DE      | ASPIRIN                   | Nausea
    """)
    world.signals()
    assert world.all("select a, b, c, d from mart.pair_country where product = 'Kymriah'") == [
        (1, 0, 0, 2)
    ]


def test_concomitant_drugs_do_not_count(world) -> None:
    world.report("""
        country | drugs             | events
        DE      | KYMRIAH, ~ASPIRIN | Deafness
    """)
    world.signals()
    assert world.all("select distinct product from mart.pair") == [("Kymriah",)]


def test_an_event_group_counts_a_case_once_whichever_members_it_has(world) -> None:
    world.report("""
        country | drugs   | events
        DE      | KYMRIAH | Myelodysplastic syndrome, Acute myeloid leukaemia
        DE      | ASPIRIN | Nausea
    """)
    world.signals()
    assert world.all(
        "select event, a from mart.pair_country join core.event_group on event = label "
        "where event_kind = 'event_group' and event_group = 'mds_aml'"
    ) == [("Myelodysplastic syndrome or acute myeloid leukaemia", 1)]


@pytest.mark.parametrize("rule", ["default", "ema", "evans", "uppsala"])
def test_every_preset_sees_a_strong_pooled_signal(world, rule: str) -> None:
    _report(world, dict.fromkeys(("DE", "FR", "IT", "ES", "PT"), 1))
    world.signals(rule)
    verdict, _, _ = world.verdict("Kymriah", "Deafness")
    # With n_min 1, one case against 0.07 expected has IC025 -2.3: no country flags.
    assert verdict == "pooled_only"


def test_a_country_that_flagged_at_an_earlier_look_is_not_forgotten(world) -> None:
    """DE flags with 3 cases in January; the 300 others with the event in June hide it there."""
    world.report("""
        times | received   | country | drugs   | events
        3     | 2024-01-15 | DE      | KYMRIAH | Deafness
        6     | 2024-01-15 | DE      | KYMRIAH | Nausea
        3     | 2024-01-15 | DE      | ASPIRIN | Deafness
        400   | 2024-01-15 | DE      | ASPIRIN | Nausea
        300   | 2024-06-15 | DE      | ASPIRIN | Deafness
    """)
    _report(world, dict.fromkeys(("FR", "IT", "ES", "PT"), 2))
    world.signals()
    assert world.all(
        "select country, flagged from mart.pair_country "
        "where event = 'Deafness' and product = 'Kymriah' and a = 3"
    ) == [("DE", False)]
    assert world.verdict("Kymriah", "Deafness") == ("country_signal", 11, ["DE"])
    assert world.all(
        "select country, first_flagged::varchar from mart.first_flag "
        "where product = 'Kymriah' and event = 'Deafness' order by all"
    ) == [("DE", "2024-01-31"), ("all", "2024-01-31")]
    world_before_june = world.all("select reasons[1] from mart.signal where n = 11")
    assert "DE alone would have flagged by 2024-01-31" in world_before_june[0][0]


def test_a_world_without_any_known_country_is_not_an_error(world) -> None:
    world.report("""
        times | drugs   | events
        5     | KYMRIAH | Deafness
        90    | ASPIRIN | Nausea
    """)
    world.signals()
    assert world.verdict("Kymriah", "Deafness") == ("single_country_driven", 5, [])
    assert world.all("select count(*) from mart.pair_region") == [(0,)]


def test_cases_without_a_country_that_may_be_one_countrys_are_not_pooled_only(world) -> None:
    """Of 10 cases 8 have no country: DE's one and these 8 may be 9/10 from one country."""
    _report(world, {"": 8, "DE": 1, "FR": 1})
    world.signals()
    verdict, n, alone = world.verdict("Kymriah", "Deafness")
    assert (verdict, n, alone) == ("single_country_driven", 10, [])
    [(share, reasons)] = world.all(
        "select top_share, reasons from mart.signal where verdict = 'single_country_driven'"
    )
    assert share == pytest.approx(1 / 10)
    assert reasons[0] == (
        "The pool flags it, but one country may hold 90% of the cases: 8 have no known country."
    )


def test_masked_members_of_the_european_union_are_not_blamed_on_other_countries(world) -> None:
    """2 in the US, 2 in Japan, 9 masked: at worst one member has 9/13, not JP 11/13."""
    _report(world, {"EU": 9, "US": 2, "JP": 2})
    world.signals()
    assert world.verdict("Kymriah", "Deafness") == ("pooled_only", 13, [])


def test_before_the_first_report_there_is_nothing_and_no_error(world) -> None:
    world.report("""
        received   | country | drugs   | events
        2024-01-15 | DE      | KYMRIAH | Deafness
    """)
    world.signals(as_of="1990-01-01")
    assert world.all("select count(*) from mart.signal") == [(0,)]
    assert world.all("select identified, refusal from mart.prior") == [
        (False, "no case has a product and an event")
    ]


def test_a_rate_divides_cases_and_patients_of_one_period_and_a_figure_counts_once(world) -> None:
    """Two cases of 2024 over 100 patients of 2024; the three of 2018 are of other patients."""
    world.report("""
        times | received   | country | drugs   | events
        3     | 2018-06-15 | FR      | KYMRIAH | Deafness
        2     | 2024-06-15 | FR      | KYMRIAH | Deafness
    """)
    for line in (2, 3):
        world.con.execute(
            "insert into staging.exposure by name select 'exposure' as source, 9 as file_id, "
            "$line as line, 'Kymriah' as product, 'FR' as country, date '2024-01-01' as "
            "period_start, date '2024-12-31' as period_end, 100 as patients, 'x' as reference, "
            "[] as unparsed",
            {"line": line},
        )
    world.signals()
    assert world.all(
        "select country, n, patients, rate from mart.rate where event_kind = 'event' order by 1"
    ) == [("FR", 2, 100.0, 20.0), ("all", 2, 100.0, 20.0)]
