"""No query of a night compares all rows of one table with all of another.

DuckDB joins by hash where two columns are equal. A condition on the left side of a left join, or an
order of two rows asked beside the join, makes it try every pair, which nobody sees on a small home.
"""

import json
from collections import defaultdict
from typing import Any

import duckdb
import pytest

from pv.dictionary import SCHEMAS, TABLES
from pv.dictionary.ddl import script
from pv.night import start
from pv.report import timeline
from pv.simulate.scenarios.demo import write_demo
from pv.warehouse import relations

# As plans name them, in boxes that cut long names.
TRIES_ALL = ("BLOCKWISE_", "IE_JOIN", "PIECEWISE_")
# One side is a handful of rows: files that are replaced, looks, windows, areas, strata of age,
# notices.
SMALL = {
    "gate/late_receipt", "pairs/comparators/product_area", "pairs/detectability/pair_power",
    "pairs/notices/noticed", "rates/alerting/alerting_case", "rates/windows/reported_change",
    "rates/windows/window_background", "rates/windows/window_change",
}  # fmt: skip


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The ways of joining of each query of a night, by the query's name."""
    home = tmp_path_factory.mktemp("plans") / "home"
    write_demo(home / "inbox", 1)
    found: dict[str, set[str]] = defaultdict(set)
    make = relations.make

    def planned(con: duckdb.DuckDBPyConnection, query, params) -> None:
        given = {name: params[name] for name in query.params} or None
        plan = con.execute(f"explain {query.body}", given).fetchall()[0][1]
        found[query.name] |= {way for way in TRIES_ALL if way in plan}
        make(con, query, params)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(relations, "make", planned)
        assert start.run_night(home, None, None)["status"] == "published"
    return found


def test_only_small_tables_are_joined_row_by_row(plans: dict[str, set[str]]) -> None:
    assert len(plans) > 200
    assert {name for name, ways in plans.items() if ways} <= SMALL


def test_the_plan_of_a_condition_on_the_left_side_of_a_left_join_is_known_here() -> None:
    """Else the test above would see nothing."""
    con = duckdb.connect()
    con.execute("create table l as select range as a, 'x' as b from range(9)")
    con.execute("create table r as select range as a from range(9)")
    plan = con.execute(
        "explain select * from l left join r on l.a = r.a and l.b <> 'y'"
    ).fetchall()[0][1]
    assert any(way in plan for way in TRIES_ALL)


def test_the_history_of_a_headline_is_not_tried_row_by_row() -> None:
    """A home with replayed looks has a million rows of it, and hundreds of looks."""
    con = duckdb.connect()
    for statement in script(SCHEMAS, TABLES):
        con.execute(statement)
    con.execute(
        "create table headline as select *, 1 as key, "
        "[{product: product, event: event, event_kind: event_kind}] as folded from mart.signal"
    )
    con.execute("create table shown as select key, product, event, event_kind from headline")
    plan = con.execute(f"explain (format json) {timeline.MOMENTS}").fetchall()[0][1]

    joins = [join for join in joins_of(json.loads(plan)[0]) if "mart.signal_history" in join[1]]
    assert joins
    assert not [way for way, _ in joins if way.startswith(TRIES_ALL)]


def joins_of(node: dict[str, Any]) -> list[tuple[str, str]]:
    """Each join of a plan: its way, and what is below it."""
    below = [found for child in node["children"] for found in joins_of(child)]
    return [(node["name"], str(node["children"])), *below] if "_JOIN" in node["name"] else below
