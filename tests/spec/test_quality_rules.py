"""Every rule of the gate by example: the value in one good row, and the rules it then breaks."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import PROVENANCE, script
from pv.quality import batch, suites
from pv.warehouse.relations import run

GOOD = json.loads((Path(__file__).parents[1] / "data" / "quality_good_rows.json").read_text())
NIGHT = date(2024, 2, 1)

# table           | set                                          | broken rules
EXAMPLES = """
report            | line = 1                                     |
report            | line = 0                                     | line_out_of_range
report            | action = 'amend'                             | action_not_allowed
report            | action = 'nullify'                           |
report            | sex = 'X'                                    | sex_not_allowed
report            | sex = null                                   |
report            | age_years = 0                                |
report            | age_years = -0.5                             | age_years_out_of_range
report            | age_years = 130                              |
report            | age_years = 130.1                            | age_years_out_of_range
report            | age_years = 'nan'                            | age_years_out_of_range
report            | weight_kg = 650                              |
report            | weight_kg = 650.1                            | weight_kg_out_of_range
report            | version = 0, source_report_id = '1010'       |
report            | version = -1, source_report_id = '101-1'     | version_out_of_range
report            | version = 10000, source_report_id = '10110000' | version_out_of_range
report            | version = 2                                  | report_number_wrong
report            | source_report_id = '101', source_case_id = '1011' | report_number_wrong
report            | version = null, unparsed = ['version'] | report_number_wrong, version_unparsed
report            | version = null                               |
report            | version = 2, source = 'faers_dashboard'      |
report            | source_case_id = '1E7', version = null       | case_number_malformed
report            | source_case_id = '1E7', version = null, source = 'faers_dashboard' \
| case_number_malformed
report            | source_case_id = 'DE-1', source = 'other'    |
report            | sender = repeat('a', 200)                    |
report            | sender = repeat('a', 201)                    | sender_too_long
report            | event_date_precision = 'week'                | event_date_precision_not_allowed
report            | receipt_date = '1960-01-01', first_receipt_date = null, event_date = null |
report            | receipt_date = '1959-12-31', first_receipt_date = null, event_date = null \
| receipt_date_too_early
report            | receipt_date = '2024-02-01'                  |
report            | receipt_date = '2024-02-02'                  | receipt_date_in_future
report            | first_receipt_date = '2024-01-10'            |
report            | first_receipt_date = '2024-01-11'            | first_receipt_after_receipt
report            | event_date = '2024-01-10'                    |
report            | event_date = '2024-01-11'                    | event_after_receipt
report            | source_case_id = '  ', source = 'other'      | source_case_id_blank
report            | unparsed = ['source_case_id']                | source_case_id_unparsed
report            | unparsed = ['version']                       | version_unparsed
report            | unparsed = ['first_receipt_date']            | first_receipt_date_unparsed
report            | unparsed = ['receipt_date']                  | receipt_date_unparsed
report            | unparsed = ['sex']                           | sex_unparsed
report            | unparsed = ['weight_kg']                     | weight_kg_unparsed
report            | unparsed = ['age_years', 'event_date'] \
| age_years_unparsed, event_date_unparsed
report            | unparsed = ['weight']                        | other_unparsed
report_drug       | line = 0                                     | line_out_of_range
report_drug       | role = 'culprit'                             | role_not_allowed
report_drug       | start_date_precision = 'week'                | start_date_precision_not_allowed
report_drug       | end_date_precision = 'week'                  | end_date_precision_not_allowed
report_drug       | dechallenge = 'not_applicable'               |
report_drug       | dechallenge = 'Y'                            | dechallenge_not_allowed
report_drug       | rechallenge = 'yes'                          | rechallenge_not_allowed
report_drug       | drug_verbatim = null                         |
report_drug       | active_ingredient = ''                       |
report_drug       | drug_verbatim = ' ', active_ingredient = null | drug_unnamed
report_drug       | source_report_id = '1012'                    | report_unknown
report_drug       | source = 'vaers'                             | report_unknown
report_drug       | drug_verbatim = repeat('a', 500)             |
report_drug       | drug_verbatim = repeat('a', 501)             | drug_verbatim_too_long
report_drug       | active_ingredient = repeat('a', 1000)        |
report_drug       | active_ingredient = repeat('a', 1001)        | active_ingredient_too_long
report_drug       | drug_seq = repeat('1', 201)                  | drug_seq_too_long
report_drug       | indication = repeat('1', 501)                | indication_too_long
report_drug       | unparsed = ['role']                          | role_unparsed
report_drug       | unparsed = ['start_date']                    | start_date_unparsed
report_drug       | unparsed = ['end_date']                      | end_date_unparsed
report_drug       | unparsed = ['dechallenge', 'rechallenge'] \
| dechallenge_unparsed, rechallenge_unparsed
report_drug       | unparsed = ['route', 'start_date'] \
| start_date_unparsed, other_unparsed
report_event      | line = 0                                     | line_out_of_range
report_event      | onset_date_precision = 'week'                | onset_date_precision_not_allowed
report_event      | term_verbatim = ''                           | term_blank
report_event      | term_verbatim = repeat('a', 300)             |
report_event      | term_verbatim = repeat('a', 301)             | term_too_long
report_event      | source_report_id = '1012'                    | report_unknown
report_event      | unparsed = ['onset_date']                    | onset_date_unparsed
report_event      | unparsed = ['outcome']                       | other_unparsed
report_outcome    | line = 0                                     | line_out_of_range
report_outcome    | source_report_id = '1012'                    | report_unknown
report_link       | line = 0                                     | line_out_of_range
report_link       | link_type = 'hearsay'                        | link_type_not_allowed
report_link       | source_report_id = '1012'                    | report_unknown
report_therapy    | line = 0                                     | line_out_of_range
report_therapy    | start_date_precision = 'week'                | start_date_precision_not_allowed
report_therapy    | end_date_precision = 'week'                  | end_date_precision_not_allowed
report_therapy    | source_report_id = '1012'                    | report_unknown
report_therapy    | unparsed = ['start_date']                    | start_date_unparsed
report_therapy    | unparsed = ['end_date']                      | end_date_unparsed
report_therapy    | unparsed = ['dose']                          | other_unparsed
report_indication | indication = repeat('a', 501)                | indication_too_long
report_indication | line = 0                                     | line_out_of_range
report_indication | source_report_id = '1012'                    | report_unknown
report_source     | line = 0                                     | line_out_of_range
report_source     | source_report_id = '1012'                    | report_unknown
exposure          | line = 0                                     | line_out_of_range
exposure          | period_end = '2023-01-01'                    |
exposure          | period_end = '2022-12-31'                    | period_reversed
exposure          | patients = 0                                 |
exposure          | patients = 1e10                              |
exposure          | patients = 1e308                             | patients_out_of_range
exposure          | patients = 'infinity'                        | patients_out_of_range
exposure          | patients = 'nan'                             | patients_out_of_range
exposure          | person_years = 1e308                         | person_years_out_of_range
exposure          | person_years = 1e-300                        | figure_too_small
exposure          | product = repeat('a', 301)                   | product_too_long
exposure          | patients = -1                                | patients_out_of_range
exposure          | person_years = -1                            | person_years_out_of_range
exposure          | patients = null                              |
exposure          | person_years = null                          |
exposure          | patients = null, person_years = null         | exposure_without_figure
exposure          | patients = null, person_years = null, cumulative = 0 |
exposure          | patients = null, person_years = null, cumulative = -1 \
| cumulative_out_of_range
exposure          | person_years = null, cumulative = 5          | cumulative_beside_period
exposure          | patients = null, cumulative = 5              | cumulative_beside_period
exposure          | country = 'WORLD'                            |
exposure          | country = 'NA'                               |
exposure          | country = 'de'                               | country_malformed
exposure          | country = 'DEU'                              | country_malformed
exposure          | country = 'Germany'                          | country_malformed
exposure          | unparsed = ['period_start', 'period_end'] \
| period_start_unparsed, period_end_unparsed
exposure          | unparsed = ['patients', 'person_years'] \
| patients_unparsed, person_years_unparsed
exposure          | unparsed = ['cumulative']                    | cumulative_unparsed
exposure          | unparsed = ['quality']                       | other_unparsed
background_rate   | line = 0                                     | line_out_of_range
background_rate   | sex = 'both'                                 | sex_not_allowed
background_rate   | rate_per_100k = -1, rate_low = null          | rate_per_100k_out_of_range
background_rate   | rate_per_100k = 1e300, rate_high = null \
| rate_per_100k_out_of_range, rate_contradicts_counts
background_rate   | rate_per_100k = 1e18, rate_high = null, events = null \
| rate_per_100k_out_of_range
background_rate   | rate_per_100k = 1e5, rate_high = null, events = null |
background_rate   | rate_per_100k = 1e-300, rate_low = null, events = null | figure_too_small
background_rate   | rate_low = 1e-300                            | figure_too_small
background_rate   | rate_high = 'infinity'                       | rate_high_out_of_range
background_rate   | age_low = 18, age_high = 1e300               | age_high_out_of_range
background_rate   | age_low = 99, age_high = 18                  | ages_reversed
background_rate   | events = 10000000, person_years = 330 \
| counts_implausible, rate_contradicts_counts
background_rate   | rate_per_100k = null, events = 1, person_years = 0 | counts_implausible
background_rate   | rate_per_100k = null, events = 0, person_years = 100 |
background_rate   | events = 1e300                               | events_out_of_range, \
counts_implausible, rate_contradicts_counts
background_rate   | event = repeat('a', 301)                     | event_too_long
background_rate   | events = -1                                  | events_out_of_range
background_rate   | person_years = -1, events = null             | person_years_out_of_range
background_rate   | rate_low = -1                                | rate_low_out_of_range
background_rate   | age_low = -1                                 | age_low_out_of_range
background_rate   | rate_per_100k = null                         |
background_rate   | events = null, person_years = null           |
background_rate   | rate_per_100k = null, events = null          | background_without_rate
background_rate   | rate_per_100k = null, person_years = null    | background_without_rate
background_rate   | rate_low = 3.3, rate_high = 3.3              |
background_rate   | rate_low = 3.4                               | rate_outside_limits
background_rate   | rate_high = 3.2                              | rate_outside_limits
background_rate   | rate_low = null                              |
background_rate   | unparsed = ['sex', 'age_low', 'age_high'] \
| sex_unparsed, age_low_unparsed, age_high_unparsed
background_rate   | unparsed = ['rate_per_100k', 'rate_low', 'rate_high'] \
| rate_per_100k_unparsed, rate_low_unparsed, rate_high_unparsed
background_rate   | unparsed = ['events', 'person_years'] \
| events_unparsed, person_years_unparsed
background_rate   | unparsed = ['period']                        | other_unparsed
"""


def examples() -> list[tuple[str, str, set[str]]]:
    lines = EXAMPLES.replace("\\\n", "").strip().splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [
        (f"staging.{table}", change, {name for name in rules.split(", ") if name})
        for table, change, rules in cells
    ]


# No agency has longer ones; names of drugs and ingredients are FDA's own lengths.
LENGTHS = {
    "report": (200, """source_report_id source_case_id worldwide_case_id manufacturer_number sender
        report_type reporter occurrence_country reporter_country"""),
    "report_drug": (200, "source_report_id drug_seq route"),
    "report_event": (200, "source_report_id event_code outcome"),
    "report_outcome": (200, "source_report_id outcome"),
    "report_link": (200, "source_report_id linked_id"),
    "report_therapy": (200, "source_report_id drug_seq"),
    "report_indication": (200, "source_report_id drug_seq"),
    "report_source": (200, "source_report_id report_source"),
    "exposure": (2000, "quality reference"),
    "background_rate": (2000, "period standard reference"),
}  # fmt: skip
TOO_LONG = [
    (f"staging.{table}", column, length)
    for table, (length, columns) in LENGTHS.items()
    for column in columns.split()
]

REQUIRED = [
    (table.qualified, field.name)
    for table in suites.STAGING
    for field in table.fields
    if field.required and field.name not in PROVENANCE
]


@pytest.fixture(scope="module")
def good() -> Iterator[duckdb.DuckDBPyConnection]:
    """One good row in each staging table, all of them under test."""
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    for table, row in GOOD.items():
        columns = ", ".join(f"${name} as {name}" for name in row)
        con.execute(f"insert into {table} by name select {columns}", row)
        con.execute(
            "insert into ops.source_file by name select $file_id as file_id, $source as source, "
            "$name as name, 1 as rows_read, 0 as rows_kept, 0 as rows_quarantined, "
            "'loaded' as status",
            {"file_id": row["file_id"], "source": row["source"], "name": table},
        )
    with batch.views(con, NIGHT):
        yield con
    con.close()


@pytest.fixture
def con(good: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    good.execute("begin")
    yield good
    good.execute("rollback")


def broken(con: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """The rules that at least one row of the table breaks."""
    view = table.replace("staging.", "gate.")
    [found] = [t for t in suites.STAGING if t.qualified == table]
    return {
        rule.name
        for rule in suites.rules(found)
        if con.execute(f"select 1 from {view} where {rule.fails}").fetchone()
    }


@pytest.mark.parametrize("table", GOOD)
def test_a_good_row_breaks_no_rule(con: duckdb.DuckDBPyConnection, table: str) -> None:
    assert broken(con, table) == set()


@pytest.mark.parametrize(("table", "change", "rules"), examples())
def test_a_value_breaks_exactly_the_rules_of_its_example(
    con: duckdb.DuckDBPyConnection, table: str, change: str, rules: set[str]
) -> None:
    con.execute(f"update {table} set {change}")
    assert broken(con, table) == rules


@pytest.mark.parametrize(("table", "column"), REQUIRED)
def test_a_required_value_may_not_be_missing(
    con: duckdb.DuckDBPyConnection, table: str, column: str
) -> None:
    con.execute(f"update {table} set {column} = null")
    assert f"{column}_missing" in broken(con, table)


@pytest.mark.parametrize(("table", "column", "length"), TOO_LONG)
def test_no_text_is_longer_than_agencies_write(
    con: duckdb.DuckDBPyConnection, table: str, column: str, length: int
) -> None:
    for more in (0, 1):
        con.execute(f"update {table} set {column} = repeat('1', {length + more})")
        assert (f"{column}_too_long" in broken(con, table)) is bool(more)


WORKBOOK = """
    insert into staging.report by name
    select r.* replace ('faers_dashboard' as source, 50 as file_id, $line as line,
        $number as source_case_id, $number as source_report_id, $day::date as receipt_date)
    from staging.report r where line = 2 and file_id = 1
"""


def workbook(con: duckdb.DuckDBPyConnection, *lines: tuple[str, str]) -> set[int]:
    """The lines that break the rule: of a workbook with these case numbers and days."""
    con.execute(
        "insert into ops.source_file by name select 50 as file_id, 'faers_dashboard' as source, "
        "'a' as name, 1 as rows_read, 0 as rows_kept, 0 as rows_quarantined, 'loaded' as status"
    )
    for line, (number, day) in enumerate(lines, 2):
        con.execute(WORKBOOK, {"line": line, "number": number, "day": day})
    found = con.execute("select line from gate.number_twice where file_id = 50").fetchall()
    return {line for (line,) in found}


def test_several_lines_of_a_workbook_with_one_number_are_not_one_case(
    con: duckdb.DuckDBPyConnection,
) -> None:
    lines = [("16", "2024-01-10"), ("16", "2024-01-11"), ("17", "2024-01-10"), ("16", "2024-01-12")]
    assert workbook(con, *lines) == {2, 3, 5}


def test_a_line_of_a_workbook_that_was_pasted_twice_is_one_case(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert workbook(con, ("16", "2024-01-10"), ("16", "2024-01-10")) == set()


@pytest.mark.parametrize(("drugs", "events", "crowded"), [(500, 500, False), (501, 500, True)])
def test_a_report_of_far_too_many_pairs_is_set_aside_with_all_its_rows(
    con: duckdb.DuckDBPyConnection, drugs: int, events: int, crowded: bool
) -> None:
    con.execute("update ops.source_file set release = '2024Q1 a'")
    for table, column, count in (
        ("report_drug", "drug_verbatim", drugs),
        ("report_event", "term_verbatim", events),
    ):
        con.execute(
            f"insert into staging.{table} select t.* replace (i + 2 as line, 'name ' || i "
            f"as {column}) from staging.{table} as t, range(1, $count::bigint) as s(i)",
            {"count": count},
        )
    # Doses repeat a drug, and are one.
    con.execute("insert into staging.report_drug select * from staging.report_drug")
    # A gate counts once, when it begins.
    run(con, "gate/crowded_report")
    for table in ("report", "report_drug", "report_event"):
        assert ("report_crowded" in broken(con, f"staging.{table}")) is crowded
    assert "report_crowded" not in broken(con, "staging.report_therapy")


def test_a_line_that_is_in_staging_twice_is_critical(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into staging.report select * from staging.report")
    assert broken(con, "staging.report") == {"line_twice"}


@pytest.mark.parametrize(
    ("reports", "dated", "rules"),
    [
        (100, 0, {"receipt_date_missing", "no_receipt_date"}),
        (100, 1, {"receipt_date_missing"}),
        (99, 0, {"receipt_date_missing"}),
    ],
)
def test_a_batch_without_any_receipt_date_is_critical_from_a_hundred_reports_on(
    con: duckdb.DuckDBPyConnection, reports: int, dated: int, rules: set[str]
) -> None:
    con.execute(
        "insert into staging.report select r.* replace (i as line) from staging.report as r, "
        "range(3, $reports + 2) as t(i)",
        {"reports": reports},
    )
    con.execute(
        "update staging.report set receipt_date = null where line >= 2 + $dated", {"dated": dated}
    )
    assert broken(con, "staging.report") == rules


# Lines of exposure files in the order in which they came, the first two in a file of an earlier
# night: product, country, period, patients or a total, the rules of several rows that it breaks.
EXPOSURES = {
    "periods that follow each other, and other products and countries, stand": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 | 10  |     |
        Kymriah  | FR    | 2021-01-01 | 2021-12-31 | 10  |     |
        Kymriah  | FR    | 2019-01-01 | 2019-12-31 | 10  |     |
        Yescarta | FR    | 2020-07-01 | 2021-06-30 | 10  |     |
        Kymriah  | WORLD | 2020-07-01 | 2021-06-30 | 10  |     |
    """,
    "one day in common is an overlap, and what came first stands": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 | 10  |     |
        Kymriah  | FR    | 2022-01-01 | 2022-12-31 | 10  |     |
        Kymriah  | FR    | 2020-12-31 | 2021-12-31 | 10  |     | exposure_overlap
        Kymriah  | FR    | 2021-01-01 | 2021-12-31 | 10  |     |
    """,
    "what is refused keeps nothing else out": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 | 10  |     |
        Kymriah  | FR    | 2021-01-01 | 2021-12-31 | 10  |     |
        Kymriah  | FR    | 2020-01-01 | 2024-12-31 | 50  |     | exposure_overlap
        Kymriah  | FR    | 2022-01-01 | 2024-12-31 | -1  |     | patients_out_of_range
        Kymriah  | FR    | 2022-01-01 | 2022-12-31 | 10  |     |
    """,
    "the same period again replaces the figure": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 | 10  |     |
        Kymriah  | FR    | 2021-01-01 | 2021-12-31 | 10  |     |
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 | 12  |     |
        Kymriah  | FR    | 2021-01-01 | 2021-12-31 | 12  |     |
    """,
    "other names of a product are the product": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 | 10  |     |
        KYMRIAH  | FR    | 2021-01-01 | 2021-12-31 | 10  |     |
        tisa-cel | FR    | 2020-07-01 | 2021-06-30 | 10  |     | exposure_overlap
        unheard  | FR    | 2020-01-01 | 2020-12-31 | 10  |     |
        Unheard  | FR    | 2020-07-01 | 2020-12-31 | 10  |     | exposure_overlap
    """,
    "a total may follow a total, and periods may follow a total": """
        Kymriah  | FR    | 2020-01-01 | 2021-12-31 |     | 100 |
        Kymriah  | FR    | 2020-01-01 | 2022-12-31 |     | 150 |
        Kymriah  | FR    | 2020-01-01 | 2022-12-31 |     | 160 |
        Kymriah  | FR    | 2023-01-01 | 2023-12-31 | 10  |     |
        Kymriah  | FR    | 2020-01-01 | 2024-06-30 |     | 200 | exposure_overlap
        Kymriah  | FR    | 2021-01-01 | 2021-12-31 | 10  |     | exposure_overlap
    """,
    "a total reaches back to the first authorisation, whatever day it names": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 |     | 100 |
        Kymriah  | FR    | 2022-01-01 | 2022-12-31 |     | 150 |
        Kymriah  | FR    | 2021-01-01 | 2021-12-31 | 10  |     | exposure_overlap
    """,
    "days without a figure between two periods are told": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 | 10  |     |
        Kymriah  | DE    | 2020-01-01 | 2020-12-31 | 10  |     |
        Kymriah  | FR    | 2021-01-02 | 2021-12-31 | 10  |     | exposure_gap
        Kymriah  | DE    | 2021-01-01 | 2021-12-31 | 0   |     |
        Kymriah  | DE    | 2022-01-01 | 2022-12-31 | 10  |     |
    """,
    "patients under hospital exemption count nowhere and keep no other out": """
        Kymriah  | ES    | 2018-01-01 | 2018-12-31 | 10  |     |
        Kymriah  | ES    | 2019-01-01 | 2019-12-31 | 10  |     |
        ARI-0001 | ES    | 2020-01-01 | 2020-12-31 | 10  |     | exposure_exempt
        Kymriah (hospital exemption) | ES | 2020-01-01 | 2020-12-31 | 10 |  | exposure_exempt
        Kymriah  | ES    | 2020-01-01 | 2020-12-31 | 12  |     |
        KYMRIAH without hospital exemption | ES | 2021-01-01 | 2021-12-31 | 9 | |
    """,
    "a total below one before is told": """
        Kymriah  | FR    | 2020-01-01 | 2020-12-31 |     | 100 |
        Kymriah  | FR    | 2020-01-01 | 2022-12-31 |     | 150 |
        Kymriah  | FR    | 2020-01-01 | 2021-12-31 |     | 90  | cumulative_falls
        Kymriah  | DE    | 2020-01-01 | 2021-12-31 |     | 90  |
    """,
}
# What the vocabulary makes of the names.
PRODUCTS = {
    **dict.fromkeys(("Kymriah", "KYMRIAH", "tisa-cel"), "kymriah"),
    "Kymriah (hospital exemption)": "kymriah",
    "KYMRIAH without hospital exemption": "kymriah",
    "ARI-0001": "ari_0001",
}
EXEMPT = {"ari_0001"}


@pytest.mark.parametrize("text", EXPOSURES.values(), ids=EXPOSURES.keys())
def test_exposure_is_held_against_the_exposure_that_came_before(text: str) -> None:
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    con.execute(
        "insert into ops.source_file by name select unnest([1, 2]) as file_id, 'exposure' as "
        "source, unnest(['a', 'b']) as name, 0 as rows_read, 0 as rows_kept, "
        "0 as rows_quarantined, unnest(['ok', 'loaded']) as status"
    )
    told: set[tuple[int, str]] = set()
    for line, text_ in enumerate(text.strip().splitlines(), 1):
        product, country, first, last, patients, total, rules = (
            cell.strip() for cell in text_.split("|")
        )
        con.execute(
            "insert into staging.exposure by name select 'exposure' as source, $file_id as "
            "file_id, $line as line, $product as product, $country as country, $first::date as "
            "period_start, $last::date as period_end, $patients::double as patients, "
            "$total::double as cumulative, 'x' as reference, [] as unparsed",
            {
                "file_id": 1 if line <= 2 else 2, "line": line, "product": product,
                "country": country, "first": first, "last": last, "patients": patients or None,
                "total": total or None,
            },
        )  # fmt: skip
        told |= {(line, rule) for rule in rules.split(", ") if rule}
    [found] = [t for t in suites.STAGING if t.qualified == "staging.exposure"]
    with batch.views(con, NIGHT, PRODUCTS, exempt=EXEMPT):
        broken = {
            (line, rule.name)
            for rule in suites.rules(found)
            for (line,) in con.execute(
                f"select line from gate.exposure where {rule.fails}"
            ).fetchall()
        }
    con.close()
    assert broken == told


@pytest.mark.parametrize(
    ("latest", "received", "rules"),
    [
        ("2024-01-10", "2024-01-13", set()),
        ("2024-01-10", "2024-01-14", {"receipt_date_after_release"}),
        (None, "2024-01-14", set()),
    ],
)
def test_a_report_is_not_received_after_the_last_day_of_its_delivery_and_the_grace(
    latest: str | None, received: str, rules: set[str]
) -> None:
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    row = {**GOOD["staging.report"], "receipt_date": received}
    columns = ", ".join(f"${name} as {name}" for name in row)
    con.execute(f"insert into staging.report by name select {columns}", row)
    con.execute(
        "insert into ops.source_file by name select $file_id as file_id, 'faers' as source, "
        "'a' as name, 1 as rows_read, 0 as rows_kept, 0 as rows_quarantined, "
        "'loaded' as status, $latest::date as latest_receipt",
        {"file_id": row["file_id"], "latest": latest},
    )
    with batch.views(con, NIGHT, grace_days=3):
        told = broken(con, "staging.report")
    con.close()
    assert told == rules


def test_every_rule_has_an_example() -> None:
    shown = {(table, name) for table, _, rules in examples() for name in rules}
    shown |= {(table, f"{column}_too_long") for table, column, _ in TOO_LONG}
    # In tests of their own, of several rows.
    shown |= {(f"staging.{t}", "report_crowded") for t in ("report", "report_drug", "report_event")}
    shown |= {("staging.report", "case_number_twice")}
    shown |= {
        ("staging.exposure", row.rpartition("|")[2].strip())
        for text in EXPOSURES.values()
        for row in text.strip().splitlines()
    } - {("staging.exposure", "")}
    shown |= {(table, f"{column}_missing") for table, column in REQUIRED}
    shown |= {("staging.report", "line_twice"), ("staging.report", "no_receipt_date")}
    shown |= {("staging.report", "receipt_date_after_release")}
    there = {(t.qualified, rule.name) for t in suites.STAGING for rule in suites.rules(t)}
    assert shown == there
