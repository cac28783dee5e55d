"""The figures of a reaction monitoring report, and what is told of a case for them."""

from math import exp, sqrt

import pytest

Z = 1.959963984540054


def figures(world, columns: str, event: str = "Deafness") -> tuple:
    """Columns of the row of Kymriah and an event."""
    (found,) = world.all(
        f"select {columns} from mart.reaction_monitoring "
        f"where product = 'Kymriah' and event = '{event}' and event_kind = 'event'"
    )
    return found


def test_cases_are_counted_by_who_they_are_and_whether_they_are_new(world) -> None:
    # The month before the look ends on 30 November.
    world.report("""
        times | country | age | received   | drugs    | events
        3     | DE      | 10  | 2024-11-30 | KYMRIAH  | Deafness
        2     | GB      | 17  | 2024-12-01 | KYMRIAH  | Deafness
        1     | EU      | 65  | 2024-12-02 | KYMRIAH  | Deafness
        1     | NO      | 80  | 2024-12-03 | KYMRIAH  | Deafness
        1     | JP      | 18  | 2024-12-03 | KYMRIAH  | Deafness
        1     |         |     | 2024-11-03 | KYMRIAH  | Deafness
        1     | DE      | 10  | 2024-12-03 | ~KYMRIAH | Deafness
        9     | DE      | 40  | 2024-11-03 | ASPIRIN  | Deafness
        9     | DE      | 40  | 2024-11-03 | ASPIRIN  | Nausea
    """)
    world.con.execute("update staging.report set serious = occurrence_country = 'DE'")
    world.con.execute("update staging.report set fatal = occurrence_country in ('JP', 'DE')")
    world.con.execute("update staging.report set report_type = 'direct' where age_years >= 65")
    world.con.execute("update staging.report set literature = true where age_years = 17")
    world.con.execute(
        "update staging.report_drug set rechallenge = if(line in (1, 6), 'positive', 'negative')"
    )
    world.signals(n_min=1)

    assert figures(world, "n, n_new_cases") == (9, 5)
    assert figures(world, "n_eea, n_eea_new") == (5, 2)
    assert figures(world, "n_serious, n_serious_new, n_fatal, n_fatal_new") == (3, 0, 4, 1)
    assert figures(world, "n_paediatric, n_paediatric_new, n_geriatric, n_geriatric_new") == (
        5, 2, 2, 2,
    )  # fmt: skip
    assert figures(world, "n_literature, n_literature_new") == (2, 2)
    assert figures(world, "n_spontaneous, n_spontaneous_new") == (2, 2)
    assert figures(world, "n_rechallenge, n_rechallenge_new") == (2, 1)
    assert figures(world, "n_europe, n_europe_new, n_japan, n_japan_new") == (7, 4, 1, 1)


def test_what_some_case_does_not_say_is_unknown_and_what_all_deny_is_zero(world) -> None:
    world.report("""
        country | age | received   | drugs   | events
        DE      | 40  | 2024-11-03 | KYMRIAH | Deafness
        DE      |     | 2024-11-03 | KYMRIAH | Deafness
                | 41  | 2024-12-03 | KYMRIAH | Deafness
        FR      | 42  | 2024-12-03 | KYMRIAH | Headache
        FR      | 80  | 2024-12-03 | KYMRIAH | Nausea
        FR      |     | 2024-11-03 | KYMRIAH | Nausea
    """)
    # A company's report of a study, others of a company, and what the reporter sent on.
    world.con.execute("update staging.report set report_type = 'expedited'")
    world.con.execute("update staging.report set report_type = 'study' where age_years in (40, 42)")
    world.con.execute("update staging.report set report_type = 'direct' where age_years = 80")
    world.con.execute("update staging.report set literature = false where age_years > 0")
    world.con.execute(
        "update staging.report_drug set rechallenge = if(line = 4, 'not_applicable', 'unknown')"
    )
    world.signals(n_min=1)

    both = [
        f"{name}, {name}_new"
        for name in ("n_spontaneous", "n_literature", "n_rechallenge", "n_paediatric", "n_japan")
    ]
    assert [figures(world, asked) for asked in both] == [
        (None, None), (None, 0), (None, None), (None, 0), (None, None)
    ]  # fmt: skip
    assert [figures(world, asked, "Headache") for asked in both] == [(0, 0)] * 5
    assert [figures(world, asked, "Nausea") for asked in both] == [
        (1, 1), (None, 0), (None, None), (None, 0), (0, 0)
    ]  # fmt: skip


def test_the_report_has_products_in_scope_and_no_others(world) -> None:
    world.report("""
        times | drugs   | events
        3     | KYMRIAH | Deafness
        3     | ASPIRIN | Deafness
        9     | ASPIRIN | Nausea
    """)
    world.signals()
    assert world.all("select distinct product from mart.reaction_monitoring") == [("Kymriah",)]
    world.signals(scope=("all",))
    assert world.all("select distinct product from mart.reaction_monitoring order by all") == [
        ("ASPIRIN",),
        ("Kymriah",),
    ]


def test_limits_by_region_are_those_of_the_regions(world) -> None:
    world.report("""
        times | country | drugs   | events
        4     | DE      | KYMRIAH | Deafness
        2     | DE      | KYMRIAH | Nausea
        3     | DE      | ASPIRIN | Deafness
        40    | DE      | ASPIRIN | Nausea
        3     | JP      | KYMRIAH | Deafness
        40    | JP      | ASPIRIN | Nausea
    """)
    world.signals()
    lower = 4 * 40 / (2 * 3) / exp(Z * sqrt(1 / 4 + 1 / 2 + 1 / 3 + 1 / 40))
    assert figures(world, "ror025_europe") == (pytest.approx(lower),)
    # In Japan no other case has the event: no ratio is defined.
    assert figures(world, "ror025_japan, ror025_asia") == (None, None)
    ((pooled, flagged),) = world.all(
        "select ror025, flagged from mart.pair where product = 'Kymriah' and event = 'Deafness'"
    )
    assert figures(world, "ror025, sdr") == (pooled, flagged) == (pytest.approx(pooled), True)


def test_children_stand_out_by_the_ratio_of_two_odds_ratios(world) -> None:
    world.report("""
        times | age | drugs   | events
        8     | 10  | KYMRIAH | Deafness
        10    | 10  | KYMRIAH | Nausea
        5     | 10  | ASPIRIN | Deafness
        200   | 10  | ASPIRIN | Nausea
        6     | 40  | KYMRIAH | Deafness
        40    | 70  | KYMRIAH | Nausea
        30    | 40  | ASPIRIN | Deafness
        200   | 70  | ASPIRIN | Nausea
        50    |     | KYMRIAH | Deafness
    """)
    world.signals()

    ratio = (8 * 200 / (10 * 5)) / (6 * 200 / (40 * 30))
    variance = sum(1 / n for n in (8, 10, 5, 200, 6, 40, 30, 200))
    assert figures(world, "relative_ror_paediatric, relative_ror025_paediatric") == (
        pytest.approx(ratio), pytest.approx(ratio / exp(Z * sqrt(variance))),
    )  # fmt: skip
    assert figures(world, "sdr_paediatric") == (True,)
    # No case of 65 or more has product and event: nothing is known of the elderly.
    assert figures(world, "relative_ror_geriatric, relative_ror025_geriatric, sdr_geriatric") == (
        None, None, False,
    )  # fmt: skip


def test_no_age_and_no_product_in_scope_is_no_error(world) -> None:
    world.report("""
        drugs   | events
        KYMRIAH | Deafness
        ASPIRIN | Nausea
    """)
    world.signals()
    assert figures(world, "n, relative_ror_paediatric") == (1, None)
    world.con.execute("update staging.report_drug set drug_verbatim = 'ASPIRIN'")
    world.signals()
    assert world.all("from mart.reaction_monitoring") == []


def test_a_drug_has_what_tells_most_of_its_doses(world) -> None:
    # FAERS repeats a drug once per dose.
    world.report("""
        case | drugs                     | events
        c1   | KYMRIAH, KYMRIAH, KYMRIAH | Deafness
    """)
    world.con.execute("""
        update staging.report_drug
        set dose = ['5 MG', '30 MG', '5 MG'][drug_seq::integer],
            dechallenge = ['unknown', 'negative', 'not_applicable'][drug_seq::integer],
            rechallenge = ['unknown', null, 'not_applicable'][drug_seq::integer],
            end_date = [null, date '2024-02-01', date '2024-03-01'][drug_seq::integer],
            end_date_precision = [null, 'month', 'year'][drug_seq::integer]
    """)
    world.con.execute("update staging.report_drug set drug_seq = '1'")
    world.cases()
    assert world.all(
        "select dose, dechallenge, rechallenge, end_date::varchar, end_date_precision "
        "from core.case_drug"
    ) == [("30 MG; 5 MG", "negative", "not_applicable", "2024-03-01", "year")]


def test_whether_a_report_is_spontaneous_is_what_its_source_says(world) -> None:
    told = [
        ("direct", None, True, None),
        ("spontaneous", None, True, None),
        ("Spontaneous", "LIT", True, True),
        ("自発報告", None, True, None),
        ("Notificação espontânea", None, True, None),
        ("study", None, False, None),
        ("expedited", "SDY", False, None),
        ("expedited", "CSM", None, None),
        ("expedited", None, None, None),
        ("not available to sender", None, None, None),
        ("試験", None, False, None),
        ("その他", None, False, None),
        (None, "Literature", None, True),
    ]
    world.report("drugs | events\n" + "KYMRIAH | Deafness\n" * len(told))
    types, origins, *_ = (list(column) for column in zip(*told, strict=True))
    world.con.execute("update staging.report set report_type = $said[line]", {"said": types})
    world.con.execute(
        "insert into staging.report_source by name select source, file_id, line, "
        "source_report_id, $said[line] as report_source, "
        "if($said[line] = 'LIT', 'PMID:7', null) as literature_id from staging.report "
        "where $said[line] is not null",
        {"said": origins},
    )
    world.cases()
    found = world.all(
        "select spontaneous, literature from core.case order by source_case_id[2:]::integer"
    )
    assert dict(zip(told, found, strict=True)) == {one: one[2:] for one in told}
    # Where publications stand in a table of their own, so does their number.
    assert world.all("select literature_id from core.case where literature_id is not null") == [
        ("PMID:7",)
    ]
