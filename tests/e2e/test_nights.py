"""Night after night: nothing new changes nothing, a new file changes what it should."""

import json
from collections import Counter
from pathlib import Path

# What differs between homes that hold the same reports: which files came in which night.
# A state in the history is named by its files, and each home has had its own nights.
OF_THE_FILES = (
    "ops.run", "ops.validation", "ops.source_file", "ops.quarantine", "mart.signal_history",
    "mart.signal_state", "ops.case_alert",
)  # fmt: skip
# What files hold, whenever it was received.
AS_READ = ("core.term", "core.drug_resolution", "core.unresolved_drug")
# Which night told a case first.
OF_THE_NIGHT = ("alerted_on", "alerted_by", "is_new")


def rows_without(tables, name: str, *columns: str) -> list[tuple]:
    """The rows of a table less some columns, sorted."""
    names, rows = tables[name]
    kept = [i for i, column in enumerate(names) if column not in columns]
    return sorted((tuple(row[i] for i in kept) for row in rows), key=repr)


def differing(left, right, *columns: str) -> list[str]:
    """Tables that differ, `columns` left out."""
    assert left.keys() == right.keys()
    return [
        name
        for name in left
        if rows_without(left, name, *columns) != rows_without(right, name, *columns)
    ]


def test_the_small_world_has_something_to_say(world, after_one_night: Path) -> None:
    """Otherwise equal tables would mean little."""
    verdicts = dict(
        world.query(after_one_night, "select verdict, count(*) from mart.signal group by 1")
    )
    flagged = world.query(
        after_one_night,
        "select n, n_countries, verdict from main.signals where product = 'Kymriah' and event = $e "
        "and event_kind = 'event'",
        e="Progressive multifocal leukoencephalopathy",
    )

    assert flagged == [(5, 5, "pooled_only")]
    assert verdicts["not_flagged"] > 30
    assert world.query(after_one_night, "select count(distinct country) from main.cases") == [(6,)]


def test_the_same_inbox_again_publishes_nothing_and_changes_no_number(
    poolvigil, world, after_one_night: Path, copied
) -> None:
    home = copied(after_one_night)
    published = sorted(p.name for p in (home / "published").iterdir())
    before = world.read(world.current(home), "core", "mart", "ops", "main")
    worked = world.read(home / "work" / "warehouse.duckdb", "staging", "core", "mart", "ops")

    summary = poolvigil.run(home).summary

    assert summary["status"] == "unchanged"
    assert summary["steps"].keys() == {"load", "check"}
    assert sorted(p.name for p in (home / "published").iterdir()) == published
    assert world.read(world.current(home), "core", "mart", "ops", "main") == before
    again = world.read(home / "work" / "warehouse.duckdb", "staging", "core", "mart", "ops")
    assert again == worked


def test_two_homes_with_the_same_files_publish_the_same_tables(
    poolvigil, world, after_one_night: Path, tmp_path: Path
) -> None:
    world.add_first(tmp_path)

    poolvigil.run(tmp_path)

    assert world.read(world.current(tmp_path)) == world.read(world.current(after_one_night))
    assert world.pages(tmp_path) == world.pages(after_one_night)


def test_files_in_two_nights_give_what_they_give_at_once(
    world, after_two_nights: Path, at_once: Path
) -> None:
    two, one = (
        world.by_case_number(home, without=OF_THE_FILES) for home in (after_two_nights, at_once)
    )
    # What was told in the first night and taken back by the second was never told at once.
    columns, rows = two["mart.case_alert"]
    status = columns.index("alert_status")
    two["mart.case_alert"] = (columns, [row for row in rows if row[status] == "stands"])

    assert differing(two, one, "file_id", *OF_THE_NIGHT) == []


def test_the_files_themselves_are_told_the_same_in_two_nights_and_at_once(
    world, after_two_nights: Path, at_once: Path
) -> None:
    query = (
        "select source, name, sha256, rows_read, rows_kept, rows_quarantined, status, message "
        "from ops.source_file order by all"
    )

    assert world.query(after_two_nights, query) == world.query(at_once, query)


def test_a_later_file_changes_its_own_cases_and_no_others(
    world, after_one_night: Path, after_two_nights: Path
) -> None:
    # The report that was told twice makes a duplicate group with its French twin.
    twin = world.twice.values["mfr_num"].removeprefix("X-ACME-")
    sent = [*world.second, world.twice]
    touched = {str(c.number) for c in sent} | {str(n) for n in world.deleted}
    before, after = (
        world.by_case_number(home, without=OF_THE_FILES)
        for home in (after_one_night, after_two_nights)
    )
    for name in ("core.case", "core.case_drug", "core.case_event"):
        old, new = (Counter(rows_without(tables, name)) for tables in (before, after))
        changed = {row[0] for row in (old - new) + (new - old)}
        assert changed - touched == ({twin} if name == "core.case" else set()), name

    numbers = {row[0] for row in after["core.case"][1]}
    assert numbers >= {str(c.number) for c in sent}
    assert numbers & {str(n) for n in world.deleted} == set()


def test_countries_without_news_keep_every_count_and_statistic(
    world, after_one_night: Path, after_two_nights: Path
) -> None:
    """The second quarter is German and French; the comparator of a country is its own cases."""
    query = "select * from mart.pair_country where country not in ('DE', 'FR') order by all"
    margins = "select * from mart.country_margin where stratum not in ('DE', 'FR') order by all"

    assert len(world.query(after_one_night, query)) > 100
    assert world.query(after_two_nights, query) == world.query(after_one_night, query)
    assert world.query(after_two_nights, margins) == world.query(after_one_night, margins)


def test_countries_with_news_change(world, after_one_night: Path, after_two_nights: Path) -> None:
    query = "select n_cases from mart.country_margin where stratum = $country"
    german = sum(c.country == "DE" for c in world.second if c.version == 1)
    french = sum(c.country == "FR" for c in world.second)

    for country, more in (("DE", german - len(world.deleted)), ("FR", french)):
        ((before,),) = world.query(after_one_night, query, country=country)
        ((after,),) = world.query(after_two_nights, query, country=country)
        assert after == before + more


def test_as_of_an_earlier_date_gives_what_that_night_gave(
    poolvigil, world, after_one_night: Path, tmp_path: Path
) -> None:
    """Nothing of the second quarter was received by then: follow-ups, cases, deletions."""
    home = tmp_path
    world.add_first(home)
    world.write(home, "24Q2", world.second, deleted=world.deleted)

    summary = poolvigil.run(home, "--as-of", world.lock_point).summary

    assert (summary["status"], summary["as_of"]) == ("published", world.lock_point)
    assert not world.current(home).exists()
    without = (*OF_THE_FILES, *AS_READ, "ops.source_cases", "core.case_version")
    then = world.by_case_number(after_one_night, without=without)
    now = world.by_case_number(home, what_if=True, without=without)
    assert differing(then, now, "file_id", "alerted_by") == []
    known = (
        "select source_report_id, version, action, receipt_date, current "
        "from core.case_version where receipt_date <= $day or current order by all"
    )
    assert world.query(home, known, what_if=True, day=world.lock_point) == world.query(
        after_one_night, known, day=world.lock_point
    )


def test_the_default_date_is_the_latest_receipt_in_the_data(
    world, after_one_night: Path, after_two_nights: Path
) -> None:
    """The lists of deleted cases count as received on the last day of their quarter."""
    query = "select distinct as_of::varchar from mart.signal"

    assert world.query(after_one_night, query) == [("2024-03-31",)]
    assert world.query(after_two_nights, query) == [("2024-06-30",)]


def test_a_night_without_a_prior_says_so_and_a_rule_that_needs_it_stops(
    poolvigil, world, tmp_path: Path
) -> None:
    world.write(tmp_path, "24Q1", world.first[:8])

    assert poolvigil.run(tmp_path).summary["status"] == "published"

    [(refusal,)] = world.query(tmp_path, "select refusal from mart.prior")
    log = (tmp_path / "logs" / "nightly.jsonl").read_text("utf-8").splitlines()
    said = [line["message"] for line in map(json.loads, log) if "EB05" in line["message"]]
    assert said == [f"EBGM and EB05 are empty: {refusal}"]

    before = world.current(tmp_path).resolve()
    stopped = poolvigil.run(tmp_path, "--rules", "fda")

    assert stopped.code == 1
    assert "rule fda needs EB05, but the GPS prior is not identified" in stopped.err
    assert world.current(tmp_path).resolve() == before
