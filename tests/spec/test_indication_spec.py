"""Indication: what a product is given for is reported with it, and is no effect of it."""

from pathlib import Path

FIVE = ("DE", "FR", "IT", "ES", "PT")
_OTHERS = """
    times | country | drugs   | events
    6     | {0}     | KYMRIAH | Nausea
    3     | {0}     | ASPIRIN | Deafness
    400   | {0}     | ASPIRIN | Nausea
"""


def one_in_each_of_five(world, event: str = "Deafness") -> None:
    for country in FIVE:
        world.report(_OTHERS.format(country))
        world.report(f"""
            country   | drugs   | events
            {country} | KYMRIAH | {event}
        """)


def given_for(world, indication: str, event: str = "Deafness", most: int = 99) -> None:
    """Say of Kymriah in the first cases with the event what it was given for."""
    world.con.execute(
        """
        insert into staging.report_indication by name
        select d.source, d.file_id, d.line, d.source_report_id, d.drug_seq,
            $indication as indication
        from staging.report_drug d
        join staging.report_event e using (source_report_id)
        where d.drug_verbatim = 'KYMRIAH' and e.term_verbatim = $event
        order by d.line
        limit $most
        """,
        {"indication": indication, "event": event, "most": most},
    )


def signal(world, columns: str, event: str = "Deafness") -> tuple:
    [row] = world.all(
        f"select {columns} from mart.signal where product = 'Kymriah' and event = '{event}'"
    )
    return row


def test_the_indication_in_half_of_the_cases_or_more_is_no_signal(world) -> None:
    one_in_each_of_five(world)
    given_for(world, "DEAFNESS", most=3)
    world.signals()
    verdict, share, confirmed, reasons = signal(
        world, "verdict, indication_share, confirmed, reasons"
    )
    assert (verdict, share, confirmed) == ("indication", 3 / 5, False)
    assert reasons[0] == ("In 3 of its 5 cases (60%) the event is what the product was given for.")


def test_below_half_it_stands_and_the_share_is_told(world) -> None:
    one_in_each_of_five(world)
    given_for(world, "Deafness", most=2)
    world.signals()
    verdict, share, reasons = signal(world, "verdict, indication_share, reasons")
    assert (verdict, share) == ("pooled_only", 2 / 5)
    assert "In 2 of its 5 cases (40%) the event is what the product was given for." in reasons


def test_one_of_several_indications_is_enough(world) -> None:
    one_in_each_of_five(world)
    given_for(world, "Nausea")
    given_for(world, "Deafness")
    world.signals()
    assert signal(world, "verdict, indication_share") == ("indication", 1)


def test_an_indication_that_is_not_reported_as_an_event_says_nothing(world) -> None:
    one_in_each_of_five(world)
    given_for(world, "Lymphoma")
    world.signals()
    assert signal(world, "verdict, indication_share") == ("pooled_only", 0)


def test_a_country_that_flags_the_indication_flags_no_harm(world) -> None:
    one_in_each_of_five(world)
    world.report("""
        times | country | drugs   | events
        20    | DE      | KYMRIAH | Deafness
    """)
    world.signals()
    assert signal(world, "verdict, countries_flagged") == ("country_signal", ["DE"])
    given_for(world, "Deafness")
    world.signals()
    assert signal(world, "verdict, countries_flagged, q_country") == ("indication", ["DE"], 1)


def test_a_group_is_the_indication_with_each_of_its_events(world, tmp_path: Path) -> None:
    (tmp_path / "event_group.csv").write_text(
        "event_group,label,late,designated,labelled_car_t,includes,reason,source\n"
        "hearing,Hearing loss,false,false,false,,own,own\n"
    )
    (tmp_path / "event_group_member.csv").write_text(
        "event_group,event,source\nhearing,Deafness,own\nhearing,Tinnitus,own\n"
    )
    one_in_each_of_five(world)
    given_for(world, "Tinnitus")
    world.signals(overrides=tmp_path)
    assert signal(world, "indication_share") == (0,)
    assert signal(world, "verdict, indication_share", "Hearing loss") == ("indication", 1)


def test_an_indication_of_another_product_of_the_case_says_nothing(world) -> None:
    one_in_each_of_five(world)
    world.con.execute("update staging.report_drug set drug_seq = 2")
    given_for(world, "Deafness")
    world.con.execute("""
        insert into staging.report_drug by name
        select * replace (1 as drug_seq, 'ASPIRIN' as drug_verbatim)
        from staging.report_drug
    """)
    world.con.execute("update staging.report_indication set drug_seq = 1")
    world.signals(scope=("all",))
    assert signal(world, "indication_share") == (0,)
    assert world.all(
        "select indication_share from mart.signal where product = 'ASPIRIN' and event = 'Deafness'"
    ) == [(5 / 20,)]
