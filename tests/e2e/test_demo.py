"""The demonstration: what was planted is what the night says, in tables that explain themselves."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest

from pv.evaluate import lists
from pv.simulate.scenarios.planted import LABELLED_VERDICTS, VERDICTS


class Demo(NamedTuple):
    """A home after the demonstration."""

    home: Path
    summary: dict[str, Any]
    said: str

    @property
    def truth(self) -> dict[str, Any]:
        return json.loads((self.home / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(demonstration) -> Demo:
    return Demo(*demonstration)


def test_every_planted_pair_has_the_verdict_that_was_planted(world, demo: Demo) -> None:
    found = {
        (product, event): verdict
        for product, event, verdict in world.query(
            demo.home, "select product, event, verdict from mart.signal where event_kind = 'event'"
        )
    }
    truth = {(p["product"], p["event"]): p["expected_verdicts"] for p in demo.truth["pairs"]}
    wrong = {pair: found.get(pair) for pair in truth if found.get(pair) not in truth[pair]}

    assert wrong == {}
    told = {p["expected_verdicts"][0] for p in demo.truth["pairs"]}
    assert told == {*VERDICTS.values(), *LABELLED_VERDICTS}


def test_every_planted_pair_has_the_cases_that_were_planted(world, demo: Demo) -> None:
    """Country by country; those of the masked quarter stand under `EU (masked)`."""
    counts = world.query(
        demo.home,
        "select product, event, country, a from mart.pair_country where event_kind = 'event'",
    )
    found: dict[tuple[str, str], dict[str, int]] = {}
    for product, event, country, a in counts:
        found.setdefault((product, event), {})[country] = a
    for pair in demo.truth["pairs"]:
        if pair["kind"] == "labelled":
            continue
        cells = found[pair["product"], pair["event"]]
        without = pair["without_country"]
        assert sum(cells.values()) == sum(pair["cases"].values()) + without, pair
        assert all(a <= pair["cases"][k] for k, a in cells.items() if len(k) == 2), pair


def test_what_reports_tell_of_drug_and_origin_is_in_line_listing_and_workbook(
    world, demo: Demo
) -> None:
    told = (
        "count(dose)", "count(end_date)", "count(*) filter (dechallenge = 'positive')",
        "count(*) filter (rechallenge = 'positive')",
    )  # fmt: skip
    [drugs] = world.query(
        demo.home,
        f"select {', '.join(told)} from core.case_drug d join core.product p "
        "on p.brand = d.product",
    )
    assert min(drugs) > 0, drugs
    [cases] = world.query(
        demo.home,
        "select count(*) filter (literature), count(literature_id), count(weight_kg), "
        "count(*) filter (spontaneous), count(*) filter (not spontaneous) from core.case",
    )
    assert min(cases) > 100, cases
    [monitored] = world.query(
        demo.home,
        "select sum(n_literature), sum(n_rechallenge), sum(n_paediatric), sum(n_geriatric) "
        "from mart.reaction_monitoring",
    )
    assert min(monitored) > 0, monitored


def test_what_only_or_first_the_pool_shows_is_exactly_what_was_planted(world, demo: Demo) -> None:
    """Of what no label lists, and of single events, of which the groups are made."""
    kinds = (["pooled_only"], ["pooled_first"])
    planted = {
        (p["product"], p["event"]) for p in demo.truth["pairs"] if p["expected_verdicts"] in kinds
    }
    found = world.query(
        demo.home,
        "select product, event from mart.signal where verdict in ('pooled_only', 'pooled_first') "
        "and confirmed and not listed and event_kind = 'event'",
    )

    assert set(found) == planted
    assert len(planted) == 3


def test_its_lists_have_a_line_of_every_planted_signal_and_no_false_one(world, demo: Demo) -> None:
    """As benchmarks/evaluate.py reads them, which does so for other seeds."""
    signals = (["pooled_only"], ["pooled_first"], ["country_signal"])
    planted = [
        (p["product"], p["event"]) for p in demo.truth["pairs"] if p["expected_verdicts"] in signals
    ]

    found = lists.of_snapshot(world.current(demo.home), planted, seed=1)

    assert len(planted) == 4
    assert (found.first(found.confirmed) == found.looks - 1).all()
    assert not (found.false & found.of_pool).any()


def test_no_planted_null_is_a_signal_in_either_arm(world, demo: Demo) -> None:
    """Nor in any latency window, of the pool or of a country."""
    nulls = {(p["product"], p["event"]) for p in demo.truth["pairs"] if p["true_ratio"] == 1}
    signals = "select product, event from mart.signal where event_kind = 'event' and verdict in "
    reported = world.query(
        demo.home, signals + "('pooled_only', 'pooled_first', 'country_signal', 'watch')"
    )
    rates = world.query(
        demo.home, "select product, event from mart.rate_window where state = 'signal'"
    )

    assert len(nulls) == 8
    assert nulls & set(reported) == nulls & set(rates) == set()


def test_the_rates_say_of_every_planted_pair_what_was_planted(world, demo: Demo) -> None:
    """Over the whole time since treatment."""
    found = world.query(
        demo.home,
        "select product, event, rate_verdict from mart.rate_window where event_kind = 'event' "
        "and latency_window = 'all' and country = 'all'",
    )
    planted = {
        (p["product"], p["event"]): p["expected_rate_verdict"]
        for p in demo.truth["pairs"]
        if p["expected_rate_verdict"] is not None
    }
    verdicts = {(product, event): verdict for product, event, verdict in found}

    assert {pair: verdicts.get(pair) for pair in planted} == planted
    assert set(planted.values()) == {"pooled_only", "country_signal", "not_flagged"}


def test_where_nothing_is_planted_the_rates_signal_no_more_often_than_their_alpha(
    world, demo: Demo
) -> None:
    """Events come at the rates of the background file: what signals is chance."""
    harms = {(p["product"], p["event"]) for p in demo.truth["pairs"] if p["true_ratio"] != 1}
    found = world.query(
        demo.home,
        "select product, event, state from mart.rate_window where event_kind = 'event' "
        "and latency_window = 'all' and country = 'all' and expected > 0",
    )
    nulls = [state for product, event, state in found if (product, event) not in harms]

    assert len(nulls) > 100
    assert nulls.count("signal") <= 0.05 * len(nulls)


def test_as_many_events_are_reported_as_the_background_and_the_person_years_say(
    world, demo: Demo
) -> None:
    """Of the events that are planted as none of the therapies' doing, over all therapies: the night
    loses some patients to follow-up that the simulated world keeps, and reports come weeks late."""
    events = {p["event"] for p in demo.truth["pairs"] if p["kind"] == "null"}
    listed = ", ".join(f"'{event}'" for event in sorted(events))
    ((n, expected),) = world.query(
        demo.home,
        "select sum(n_compared), sum(expected) from mart.rate_window where event_kind = 'event' "
        f"and latency_window = 'all' and country = 'all' and event in ({listed})",
    )

    assert 0.75 < n / expected < 1.25


def test_products_are_compared_with_their_area_where_a_country_has_500_cases_of_it(
    world, demo: Demo
) -> None:
    [(area,)] = world.query(
        demo.home,
        "select count(*) from (select a.therapeutic_area, c.country from core.case c "
        "join core.case_drug d using (case_id) join core.therapeutic_area a "
        "on a.substance = d.substance where c.is_master and c.country is not null "
        "and a.therapeutic_area = 'onco-haematology' group by all having count(distinct case_id) "
        ">= 500)",
    )
    assert area > 0
    rows = world.query(
        demo.home,
        "select n, n_area, expected, expected_area from signals where product = 'Yescarta' "
        "and event = 'Progressive multifocal leukoencephalopathy' and event_kind = 'event_group'",
    )
    [(n, n_area, expected, expected_area)] = rows
    assert 0 < n_area < n
    assert 0 < expected_area < expected
    shown = world.query(
        demo.home, "select count(*) from sensitivity where variant = 'therapeutic_area'"
    )
    assert shown[0][0] > 0


def test_cases_counted_are_the_cases_that_were_simulated(demo: Demo) -> None:
    """Versions, deletions and duplicates settled."""
    assert demo.summary["cases"]["counted"] == demo.truth["cases"]


def test_every_file_was_read_and_its_rows_add_up(world, demo: Demo) -> None:
    assert demo.summary["files"].keys() == {"ok"}
    wrong = "select * from files where rows_read <> rows_kept + rows_quarantined or rows_read = 0"
    assert [row for row in world.query(demo.home, wrong) if "DELETE" not in str(row)] == []


def test_it_says_where_things_lie_and_shows_the_signals_as_a_table(demo: Demo) -> None:
    assert "Top signals as of 2025-09-30" in demo.said
    assert f"report:   {demo.home / 'reports' / 'latest.html'}" in demo.said
    snapshot = demo.home / "published" / "current" / "poolvigil.duckdb"
    assert f"snapshot: {snapshot}" in demo.said
    assert "pooled_only" in demo.said.replace("\n", "")
    assert (demo.home / "reports" / "latest.html").stat().st_size > 10_000


def test_it_says_that_the_data_are_simulated(demo: Demo) -> None:
    assert "Simulated data" in demo.said
    assert demo.truth["simulated"] is True


def test_an_analyst_finds_the_views_by_guessing(world, demo: Demo) -> None:
    views = {
        name for (name,) in world.query(
            demo.home, "select view_name from duckdb_views() where schema_name = 'main' "
            "and not internal"
        )
    }  # fmt: skip

    assert views >= {"signals", "cases", "pairs", "pairs_by_country", "files", "quarantine"}
    for view in sorted(views):
        world.query(demo.home, f"select * from {view} limit 1")
    assert len(world.query(demo.home, "from signals")) > 0


@pytest.mark.parametrize(
    ("table", "columns"),
    [
        (
            "mart.signal",
            "product atmp_class event event_kind verdict reasons n expected ic ic025 ror ror025 "
            "prr chi2_yates crude_ic025 n_countries top_country top_share countries_flagged "
            "loco_fragility as_of",
        ),
        ("mart.pair_country", "product event country a b c d expected ic025 ror025"),
        (
            "ops.source_file",
            "source name sha256 rows_read rows_kept rows_quarantined status message",
        ),
        (
            "core.case",
            "case_id source source_case_id worldwide_case_id version first_receipt_date "
            "receipt_date country country_basis region country_masked sex age_years reporter "
            "report_type serious fatal duplicate_group is_master match_probability completeness",
        ),
    ],
)
def test_the_columns_that_were_promised_are_there(
    world, demo: Demo, table: str, columns: str
) -> None:
    found = {row[0] for row in world.query(demo.home, f"describe {table}")}

    assert set(columns.split()) - found == set()


def test_every_table_view_and_column_has_a_comment(world, demo: Demo) -> None:
    for query in (
        "select table_name, null from duckdb_tables() where comment is null",
        "select table_name, column_name from duckdb_columns() "
        "where comment is null and schema_name in ('core', 'mart', 'ops')",
        "select view_name, null from duckdb_views() where comment is null and not internal",
    ):
        assert world.query(demo.home, query) == []


def test_the_run_names_its_inputs_versions_settings_and_seed(world, demo: Demo) -> None:
    ((inputs, versions, settings, seed, rules),) = world.query(
        demo.home, "select inputs, versions, settings, seed, rules from ops.run"
    )

    files = world.query(demo.home, "select source, name, sha256 from ops.source_file")
    assert sorted((i["source"], i["name"], i["sha256"]) for i in json.loads(inputs)) == sorted(
        files
    )
    assert json.loads(versions)["duckdb"] == duckdb.__version__
    assert (json.loads(settings), seed) == ({"seed": 1, "sequential_horizon": None}, 1)
    assert json.loads(rules)["name"] == "default"


def test_the_parquet_beside_it_holds_the_same_rows(world, demo: Demo) -> None:
    folder = demo.home / "published" / "current" / "parquet"
    tables = world.read(world.current(demo.home))

    names = {p.stem for p in folder.iterdir()}
    assert names == {"ops.source_file", "ops.source_cases", "ops.sequential_look"}
    for name in names:
        query = f"select * from read_parquet('{folder / name}.parquet') order by all"
        assert duckdb.sql(query).fetchall() == tables[name][1], name


def test_rates_are_given_where_exposure_is_known(world, demo: Demo) -> None:
    """Reports per 1,000 patients with their exact interval."""
    wrong = (
        "select * from rates where not (rate_lower <= rate and rate <= rate_upper) "
        "or abs(rate - n / patients * 1000) > 1e-9"
    )

    assert len(world.query(demo.home, "from rates limit 1")) == 1
    assert world.query(demo.home, wrong) == []
