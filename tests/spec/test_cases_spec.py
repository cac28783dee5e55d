"""Which version of which case counts, and where: METHODS part 1, FORMATS part 1.4 and 1.5."""


def test_the_highest_version_received_by_the_date_counts(world) -> None:
    world.report("""
        case | version | received   | country | drugs   | events
        1    | 1       | 2024-01-10 | DE      | KYMRIAH | Pyrexia
        1    | 2       | 2024-03-10 | DE      | KYMRIAH | Pyrexia, Deafness
        1    | 3       | 2024-06-10 | DE      | KYMRIAH | Deafness
    """)
    expected = {"2024-02-01": ["Pyrexia"], "2024-04-01": ["Deafness", "Pyrexia"],
                "2024-12-31": ["Deafness"]}  # fmt: skip
    for as_of, events in expected.items():
        world.cases(as_of)
        found = world.all("select event from core.case_event order by event")
        assert found == [(event,) for event in events]


def test_a_case_not_yet_received_does_not_count(world) -> None:
    world.report("""
        case | received   | country | drugs   | events
        1    | 2024-01-10 | DE      | KYMRIAH | Pyrexia
        2    | 2024-05-10 | DE      | KYMRIAH | Pyrexia
    """)
    world.cases("2024-05-09")
    assert world.all("select source_case_id from core.case") == [("1",)]


def test_nullified_and_deleted_cases_go_from_the_day_it_is_known(world) -> None:
    world.report("""
        case | version | action  | report    | received   | country | drugs   | events
        1    | 1       | report  | 1-1       | 2024-01-10 | DE      | KYMRIAH | Pyrexia
        1    | 2       | nullify | 1-2       | 2024-04-10 | DE      |         |
        2    | 1       | report  | 2-1       | 2024-01-10 | FR      | KYMRIAH | Pyrexia
        2    |         | delete  | deleted:2 | 2024-06-30 |         |         |
        2    | 2       | report  | 2-2       | 2024-08-01 | FR      | KYMRIAH | Pyrexia
    """)
    for as_of, cases in {"2024-03-31": 2, "2024-05-31": 1, "2024-12-31": 0}.items():
        world.cases(as_of)
        assert world.all("select count(*) from core.case") == [(cases,)], as_of


def test_case_ids_stay_when_more_cases_arrive(world) -> None:
    world.report("""
        case | country | drugs   | events
        5    | DE      | KYMRIAH | Pyrexia
    """)
    world.cases()
    world.report("""
        case | country | drugs   | events
        1    | DE      | KYMRIAH | Nausea
    """)
    world.cases()
    assert world.all("select source_case_id, case_id from core.case order by case_id") == [
        ("5", 1), ("1", 2),
    ]  # fmt: skip


def test_the_country_is_where_it_happened_else_the_reporter_else_the_case_number(world) -> None:
    world.report("""
        case | country               | reporter | number        | drugs   | events
        1    | JP                    | US       |               | KYMRIAH | Pyrexia
        2    |                       | US       |               | KYMRIAH | Pyrexia
        3    | COUNTRY NOT SPECIFIED |          | IT-ACME-20241 | KYMRIAH | Pyrexia
        4    | NA                    |          |               | KYMRIAH | Pyrexia
        5    | EU                    | EU       | EU-ACME-99    | KYMRIAH | Pyrexia
        6    |                       |          |               | KYMRIAH | Pyrexia
        7    | UNITED KINGDOM        |          |               | KYMRIAH | Pyrexia
    """)
    world.cases()
    found = world.all(
        "select source_case_id, country, country_basis, country_masked, region, stratum "
        "from core.case order by source_case_id"
    )
    assert found == [
        ("1", "JP", "occurrence", False, "Japan", "JP"),
        ("2", "US", "reporter", False, "North America", "US"),
        ("3", "IT", "worldwide_id", False, "Europe", "IT"),
        ("4", "NA", "occurrence", False, "Rest of world", "NA"),
        ("5", None, "none", True, "Europe", "EU (masked)"),
        ("6", None, "none", False, None, "unknown"),
        ("7", "GB", "occurrence", False, "Europe", "GB"),
    ]


def test_an_earlier_version_restores_a_masked_country(world) -> None:
    world.report("""
        case | version | received   | country | drugs   | events
        1    | 1       | 2024-01-10 | FR      | KYMRIAH | Pyrexia
        1    | 2       | 2024-09-10 | EU      | KYMRIAH | Pyrexia
    """)
    world.cases()
    assert world.all("select country, country_basis, country_masked from core.case") == [
        ("FR", "earlier_version", False)
    ]


def test_duplicates_are_linked_not_deleted_and_the_most_complete_one_counts(world) -> None:
    world.report("""
        case | country | number      | sender | sex | age | onset      | drugs   | events
        1    | DE      | DE-ACME-777 | ACME   |     |     |            | KYMRIAH | Pyrexia
        2    | DE      | ACME-777    | Acme   | F   | 60  |            | KYMRIAH | Pyrexia
        3    | DE      | ACME-777    | OTHER  |     |     |            | KYMRIAH | Pyrexia
        4    | FR      |             |        | M   | 41  | 2024-01-03 | KYMRIAH | Deafness
        5    | FR      |             |        | M   | 41  | 2024-01-03 | KYMRIAH | Deafness
        6    | FR      |             |        | M   | 52  | 2024-01-03 | KYMRIAH | Deafness
    """)
    world.cases()
    found = world.all(
        "select source_case_id, duplicate_group, is_master, match_rule from core.case order by 1"
    )
    assert found == [
        ("1", 1, False, "manufacturer_number"),
        ("2", 1, True, "manufacturer_number"),
        ("3", 3, True, None),
        ("4", 4, True, "same_content"),
        ("5", 4, False, "same_content"),
        ("6", 6, True, None),
    ]


def test_a_worldwide_number_links_a_case_that_carries_it_as_manufacturer_number(world) -> None:
    world.report("""
        case | country | number          | drugs   | events
        1    | DE      | DE-ACME-24-0777 | KYMRIAH | Pyrexia
        2    | DE      |                 | KYMRIAH | Fever
        3    | DE      | DE-ACME-24-0778 | KYMRIAH | Pyrexia
        4    | DE      | DE-ACME-24-0778 | KYMRIAH | Chills
    """)
    world.con.execute(
        "update staging.report set worldwide_case_id = 'de-acme-24-0777' where source_case_id = '2'"
    )
    world.cases()
    found = world.all(
        "select source_case_id, duplicate_group, match_rule from core.case order by 1"
    )
    assert found == [
        ("1", 1, "worldwide_case_id"),
        ("2", 1, "worldwide_case_id"),
        ("3", 3, None),
        ("4", 4, None),
    ]


def test_a_key_that_more_than_ten_cases_share_links_nobody(world) -> None:
    world.report("""
        times | country | number  | sender | drugs   | events
        11    | DE      | NONE000 | ACME   | KYMRIAH | Pyrexia
    """)
    world.cases()
    assert world.all("select count(*) filter (where is_master) from core.case") == [(11,)]


def test_one_event_has_one_spelling(world) -> None:
    world.report("""
        country | drugs   | events
        DE      | KYMRIAH | DIARRHOEA
        DE      | KYMRIAH | Diarrhoea, diarrhoea
        DE      | KYMRIAH | Impulse-Control Disorder
        DE      | KYMRIAH | Impulse-control disorder
        DE      | KYMRIAH | COVID-19
    """)
    world.cases()
    assert world.all("select event, count(*) from core.case_event group by 1 order by 1") == [
        ("COVID-19", 1), ("Diarrhoea", 2), ("Impulse-control disorder", 2),
    ]  # fmt: skip


def test_drugs_are_coded_and_maci_is_not_macitentan(world) -> None:
    world.report("""
        country | drugs                                          | events
        DE      | MACITENTAN, MACI, Tisagenlecleucel, ~ASPIRIN   | Pyrexia
    """)
    world.cases()
    found = world.all("select drug_verbatim, product_id, product from core.case_drug order by 1")
    assert found == [
        ("ASPIRIN", None, "ASPIRIN"),
        ("MACI", "maci", "MACI"),
        ("MACITENTAN", None, "MACITENTAN"),
        ("Tisagenlecleucel", "kymriah", "Kymriah"),
    ]


def test_a_masked_number_masks_and_an_unnamed_occurrence_does_not_hide_the_reporter(world) -> None:
    world.report("""
        case | version | received   | country | reporter | number    | drugs   | events
        1    | 1       | 2024-01-10 |         |          | EU-NVS-12 | KYMRIAH | Rash
        2    | 1       | 2024-01-10 | A1      | FR       |           | KYMRIAH | Rash
        2    | 2       | 2024-02-10 | EU      | EU       |           | KYMRIAH | Rash
    """)
    world.cases()
    assert world.all("select stratum, country_basis, region from core.case order by case_id") == [
        ("EU (masked)", "none", "Europe"), ("FR", "earlier_version", "Europe"),
    ]  # fmt: skip


def test_of_two_sources_of_one_authority_the_later_receipt_counts(world) -> None:
    world.report("""
        case | version | report | received   | country | drugs   | events
        1    | 1       | 11     | 2018-01-10 | DE      | KYMRIAH | Rash
        1    |         | dash   | 2024-05-10 | DE      | KYMRIAH | Death
    """)
    world.con.execute(
        "update staging.report set authority_rank = 2 where source_report_id = 'dash'"
    )
    world.cases()
    assert world.all("select event from core.case_event") == [("Death",)]


def test_the_economic_area_and_what_lies_outside_are_strata_and_no_countries(world):
    world.report("""
        case | reporter                   | number         | drugs   | events
        a    | European Economic Area     |                | Kymriah | Rash
        b    | Non European Economic Area |                | Kymriah | Rash
        c    | European Economic Area     | DE-NVS-2024001 | Kymriah | Rash
        d    | EU                         |                | Kymriah | Rash
    """)
    world.cases()
    assert world.all(
        "select source_case_id, country, country_basis, country_masked, region, stratum "
        "from core.case order by source_case_id"
    ) == [
        ("a", None, "none", True, "Europe", "EEA"),
        ("b", None, "none", True, None, "non-EEA"),
        # The worldwide number tells the country.
        ("c", "DE", "worldwide_id", False, "Europe", "DE"),
        ("d", None, "none", True, "Europe", "EU (masked)"),
    ]
