"""What is counted as one event, whatever sources write."""

from pathlib import Path


def test_spellings_and_languages_are_one_event(world) -> None:
    world.report("""
        case | country | drugs   | events
        1    | US      | KYMRIAH | Anemia
        2    | GB      | KYMRIAH | ANAEMIA
        3    | BR      | KYMRIAH | Leucopenia
        4    | JP      | KYMRIAH | 白血球減少症
        5    | BR      | KYMRIAH | Fungoid lament
    """)
    world.cases()

    assert world.all("select event, count(*) from core.case_event group by event order by 1") == [
        ("Anaemia", 2), ("Fungoid lament", 1), ("Leukopenia", 2),
    ]  # fmt: skip
    assert world.all("select * from core.term where term_basis = 'alias' order by 1") == [
        ("Leucopenia", "Leukopenia", "alias"), ("白血球減少症", "Leukopenia", "alias"),
    ]  # fmt: skip


def test_two_terms_of_one_event_in_a_case_count_once(world, tmp_path: Path) -> None:
    (tmp_path / "term_alias.csv").write_text(
        "language,term,event,source\nen,Old lament,New lament,confirmed by us\n", encoding="utf-8"
    )
    world.report("""
        case | country | drugs   | events
        1    | US      | KYMRIAH | Old lament, New lament
    """)
    world.cases(overrides=tmp_path)

    assert world.all("select event from core.case_event") == [("New lament",)]


def cases(start: int, n: int, year: int, event: str, drug: str) -> str:
    """`n` cases a quarter of two years."""
    rows = [
        f"{start + i} | {year + i % 8 // 4}-{1 + 3 * (i % 4):02}-10 | US | {drug} | {event}"
        for i in range(8 * n)
    ]
    return "\n".join(rows)


def drifted(world, old_drug: str = "KYMRIAH", new_drug: str = "KYMRIAH") -> None:
    world.report(
        "case | received | country | drugs | events\n"
        + "\n".join([
            cases(1000, 1, 2018, "Pyrexia", "ASPIRIN"),
            cases(2000, 3, 2020, "Blood lament", old_drug),
            cases(3000, 3, 2022, "Lament of blood", new_drug),
            cases(4000, 1, 2024, "Pyrexia", "ASPIRIN"),
        ])
    )  # fmt: skip


def test_a_term_that_stops_where_another_begins_with_the_same_products_is_listed(world) -> None:
    drifted(world)
    world.cases()

    assert world.all("select * exclude (last_seen, first_seen) from core.term_drift") == [
        ("faers", "Blood lament", "Lament of blood", 24, 24, 1.0, "blood lament"),
    ]  # fmt: skip
    # Nothing is joined by a suspicion.
    assert world.all("select count(distinct event) from core.case_event") == [(3,)]


def test_terms_of_other_products_are_no_drift(world) -> None:
    drifted(world, new_drug="YESCARTA")
    world.cases()

    assert world.all("select * from core.term_drift") == []


def test_a_confirmed_drift_is_one_event_and_leaves_the_list(world, tmp_path: Path) -> None:
    (tmp_path / "term_alias.csv").write_text(
        "language,term,event,source\nen,Blood lament,Lament of blood,confirmed by us\n",
        encoding="utf-8",
    )
    drifted(world)
    world.cases(overrides=tmp_path)

    assert world.all("select * from core.term_drift") == []
    assert world.all("select count(*) from core.case_event where event = 'Lament of blood'") == [
        (48,)
    ]


def test_the_share_of_drugs_led_to_an_ingredient_is_measured_and_the_rest_listed(world) -> None:
    world.report("""
        case | country | drugs                             | events
        1    | US      | KYMRIAH, Cytoxan, Zzyxol, UNKNOWN | Pyrexia
        2    | US      | Zzyxol, paracetamol               | Pyrexia
    """)
    world.cases()

    assert world.all("select * from core.drug_resolution") == [
        ("faers", 6, 3, 0.6, 1, 0, 2, 2, 1),
    ]  # fmt: skip
    assert world.all("select * from core.unresolved_drug") == [("faers", "ZZYXOL", 2)]


def test_a_quarter_with_other_rows_or_bytes_than_known_is_told(world, tmp_path: Path) -> None:
    world.con.execute("""
        insert into ops.source_file by name
        select
            i as file_id, 'faers' as source, name, '2017Q2/q.zip' as release, staging_table,
            500 as bytes, n as rows_read, n as rows_kept, 0 as rows_quarantined, 'ok' as status
        from (values
            (901, 'q.zip/DEMO17Q2.txt', 'staging.report', 100),
            (902, 'q.zip/DRUG17Q2.txt', 'staging.report_drug', 300),
            (903, 'q.zip/DELETE17Q2.txt', 'staging.report', 7)
        ) as t (i, name, staging_table, n)
    """)
    (tmp_path / "quarter_facts.csv").write_text(
        "quarter,era,zip_name,zip_bytes,demo,drug,reac,outc,indi,ther,rpsr,deleted_ids,source\n"
        "2017Q2,faers,q.zip,501,100,299,5,,,,,0,counted by us\n"
        "2017Q3,faers,r.zip,501,100,299,5,,,,,0,counted by us\n",
        encoding="utf-8",
    )
    world.cases(overrides=tmp_path)

    assert world.all("from core.quarter_difference") == [
        ("2017Q2", "bytes of the zip", 500, 501, "counted by us"),
        ("2017Q2", "rows of DRUG", 300, 299, "counted by us"),
    ]
