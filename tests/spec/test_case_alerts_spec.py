"""Case alerts: every single case of a designated late event, from the night it arrives."""

import pytest

AML, PML = "Acute myeloid leukaemia", "Progressive multifocal leukoencephalopathy"
LYMPHOMA = "T-cell lymphoma"
SHOWN = (
    "select source_case_id, product, event, country, alert_status, alerted_on::varchar, is_new "
    "from mart.case_alert order by all"
)


def shown(world) -> list[tuple]:
    return world.all(SHOWN)


def test_a_single_case_is_an_alert_from_the_night_it_arrives_and_no_signal(world) -> None:
    world.report(f"""
        case | received   | country | drugs          | events
        1    | 2024-01-15 | FR      | KYMRIAH        | {LYMPHOMA}
        2    | 2024-01-20 | DE      | KYMRIAH        | Nausea
        3    | 2024-01-20 | DE      | ASPIRIN        | {LYMPHOMA}
        4    | 2024-01-20 | DE      | ~YESCARTA      | {LYMPHOMA}
    """)
    world.signals(as_of="2024-01-31")

    group = "Secondary T-cell malignancy"
    assert shown(world) == [("1", "Kymriah", group, "FR", "stands", "2024-01-31", True)]
    assert world.all("select terms, event_kind from mart.case_alert") == [
        ([LYMPHOMA], "event_group")
    ]
    assert world.all("select * from mart.signal where verdict <> 'not_flagged'") == []
    assert world.all("select * from mart.first_flag") == []

    world.report(f"""
        case | received   | country | drugs   | events
        5    | 2024-02-15 | JP      | KYMRIAH | {PML}
    """)
    world.signals(as_of="2024-02-29")
    assert shown(world) == [
        ("1", "Kymriah", group, "FR", "stands", "2024-01-31", False),
        ("5", "Kymriah", "Progressive multifocal leukoencephalopathy", "JP", "stands",
         "2024-02-29", True),
    ]  # fmt: skip


def test_the_scope_decides_whose_cases_are_alerts(world) -> None:
    world.report(f"""
        case | country | drugs             | events
        1    | FR      | KYMRIAH           | {PML}
        2    | FR      | ASPIRIN           | {PML}
    """)
    world.signals(scope=("aspirin",))
    assert [row[:2] for row in shown(world)] == [("2", "ASPIRIN")]


def test_a_case_is_told_under_the_narrowest_group_alone(world) -> None:
    """Acute myeloid leukaemia is also of the group of insertional oncogenesis."""
    world.report(f"""
        case | country | drugs   | events
        1    | FR      | SKYSONA | {AML}, Leukaemia
        2    | FR      | SKYSONA | Leukaemia
        3    | FR      | SKYSONA | {AML}, {PML}
    """)
    world.signals()
    mds = "Myelodysplastic syndrome or acute myeloid leukaemia"
    assert [row[:3:2] for row in shown(world)] == [
        ("1", mds),
        ("2", "Insertional oncogenesis (any blood cancer it can cause)"),
        ("3", mds),
        ("3", "Progressive multifocal leukoencephalopathy"),
    ]


def test_what_the_label_lists_is_told_as_listed(world) -> None:
    """Skysona's label lists blood cancer, with every event of the group; Kymriah's no PML."""
    world.report(f"""
        case | country | drugs   | events
        1    | FR      | SKYSONA | {AML}
        2    | FR      | SKYSONA | {AML}, {PML}
        3    | FR      | KYMRIAH | {PML}
    """)
    world.signals()
    found = world.all("select source_case_id, terms[1], listed from mart.case_alert order by all")
    assert found == [("1", AML, True), ("2", AML, True), ("2", PML, False), ("3", PML, False)]


def test_a_person_of_whom_two_senders_tell_is_alerted_once(world) -> None:
    world.report(f"""
        case | received   | country | drugs   | events | number | sender
        1    | 2024-01-15 | FR      | KYMRIAH | {PML}  | ACME-777 | ACME
        2    | 2024-01-15 | DE      | KYMRIAH | {PML}  | ACME-777 | ACME
    """)
    world.signals(as_of="2024-01-31")
    assert [row[4] for row in shown(world)] == ["stands"]


def test_a_duplicate_that_comes_later_is_no_new_alert_though_it_is_the_fuller_one(world) -> None:
    world.report(f"""
        case | received   | country | drugs   | events | number | sender
        1    | 2024-01-15 | FR      | KYMRIAH | {PML}  | ACME-777 | ACME
    """)
    world.signals(as_of="2024-01-31")
    world.report(f"""
        case | received   | country | drugs   | events | number   | sender | sex | age | onset
        2    | 2024-02-15 | FR      | KYMRIAH | {PML}  | ACME-777 | ACME | F   | 40  | 2023-12-01
    """)
    world.signals(as_of="2024-02-29")
    assert world.all("select source_case_id from core.case where is_master") == [("2",)]
    assert [(*row[:1], *row[4:]) for row in shown(world)] == [("1", "stands", "2024-01-31", False)]


def test_two_alerts_that_turn_out_to_be_one_person_are_one_with_the_other_shown(world) -> None:
    told = f"""
        case | received   | version | country | drugs   | events | number | sender
        {{}}    | {{}} | {{}}       | FR      | KYMRIAH | {PML}  | {{}} | ACME
    """
    world.report(told.format(1, "2024-01-15", 1, "ACME-777"))
    world.report(told.format(2, "2024-01-16", 1, ""))
    world.signals(as_of="2024-01-31")
    assert [row[4] for row in shown(world)] == ["stands", "stands"]
    world.report(told.format(2, "2024-02-16", 2, "ACME-777"))
    world.signals(as_of="2024-02-29")
    assert world.all(
        "select alert_status, counted_with is not null from mart.case_alert order by source_case_id"
    ) in ([("stands", False), ("duplicate", True)], [("duplicate", True), ("stands", False)])


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("nullify | KYMRIAH | PML", "withdrawn"),
        ("report  | KYMRIAH | Nausea", "recoded"),
        ("report  | ASPIRIN | PML", "recoded"),
    ],
)
def test_a_case_that_is_taken_back_is_shown_so_and_not_lost(world, version: str, status: str):
    world.report(f"""
        case | version | received   | country | action  | drugs   | events
        1    | 1       | 2024-01-15 | FR      | report  | KYMRIAH | {PML}
        2    | 1       | 2024-01-15 | FR      | report  | KYMRIAH | Nausea
    """)
    world.signals(as_of="2024-01-31")
    action, drugs, events = version.replace("PML", PML).split("|")
    world.report(f"""
        case | version | received   | country | action   | drugs   | events
        1    | 2       | 2024-02-10 | FR      | {action} | {drugs} | {events}
    """)
    world.signals(as_of="2024-02-29")
    told = "Progressive multifocal leukoencephalopathy"
    assert shown(world) == [("1", "Kymriah", told, "FR", status, "2024-01-31", False)]
    # A night that asks about January again knows the case as it was.
    world.signals(as_of="2024-01-31")
    assert shown(world) == [("1", "Kymriah", told, "FR", "stands", "2024-01-31", True)]


def test_a_night_of_the_past_shows_nothing_that_was_received_later(world) -> None:
    world.report(f"""
        case | received   | country | drugs   | events
        1    | 2024-01-15 | FR      | KYMRIAH | {PML}
        2    | 2024-03-15 | FR      | KYMRIAH | {PML}
    """)
    world.signals(as_of="2024-03-31")
    world.signals(as_of="2024-02-15")
    assert [row[0] for row in shown(world)] == ["1"]


def test_days_to_onset_are_bounds_and_the_window_is_told_when_both_lie_in_it(world) -> None:
    world.report(f"""
        case | received   | country | drugs   | events | onset
        1    | 2024-10-15 | FR      | KYMRIAH | {PML}  | 2024-09-01
        2    | 2024-10-15 | FR      | KYMRIAH | {PML}  |
    """)
    world.con.execute(
        "update staging.report_drug set start_date = date '2024-01-01', "
        "start_date_precision = 'month' where source_report_id = '1-1'"
    )
    world.signals()
    # given in January, begun on 1 September: 214 to 244 days
    assert world.all(
        "select time_to_onset_days_low, time_to_onset_days_high, latency_window "
        "from mart.case_alert order by source_case_id"
    ) == [(214, 244, "91-365 d"), (None, None, None)]
