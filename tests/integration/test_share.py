"""A shareable snapshot gives no small count of a country, even to one who knows how it was made."""

from collections import defaultdict
from itertools import product
from pathlib import Path

import duckdb
import pytest

from pv.warehouse import heads
from pv.warehouse.share import share

SMALLEST = 3
# What no shareable table may hold: it follows from the counts of single countries.
OF_COUNTRIES = {
    "a", "b", "c", "d", "case_id", "n_countries", "effective_countries", "top_country",
    "top_share", "countries_flagged", "regions_flagged", "homogeneity_p", "loco_fragility", "ror",
    "ror025", "ror975", "prr", "chi2_yates", "reasons", "evidence", "common_rr", "random_rr",
    "countries_signalled", "stratum", "region",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared(demonstration, tmp_path_factory) -> Path:
    """The demonstration's snapshot, with what is shared of it beside it."""
    home, _, _ = demonstration
    copy = tmp_path_factory.mktemp("share") / "poolvigil.duckdb"
    copy.write_bytes((home / "published" / "current" / copy.name).read_bytes())
    return share(copy, SMALLEST)


def columns(database: Path) -> dict[str, set[str]]:
    """The columns of every table, by its name."""
    found: dict[str, set[str]] = defaultdict(set)
    with duckdb.connect(str(database), read_only=True) as con:
        for table, column in con.execute(
            "select table_name, column_name from duckdb_columns() where not internal"
        ).fetchall():
            found[table].add(column)
    return found


def test_no_shared_table_holds_a_case_or_what_follows_from_single_countries(shared: Path) -> None:
    found = columns(shared)

    assert set(found) == {
        "pairs", "pairs_by_country", "products", "rate_windows", "runs", "signals",
        "time_to_onset",
    }  # fmt: skip
    assert {(t, c) for t, names in found.items() for c in names & OF_COUNTRIES} == set()
    assert [t for t, names in found.items() if "country" in names] == ["pairs_by_country"]


def test_every_shared_table_and_column_says_what_it_is(shared: Path) -> None:
    with duckdb.connect(str(shared), read_only=True) as con:
        silent = con.execute(
            "select table_name from duckdb_tables() where comment is null "
            "union all select column_name from duckdb_columns() "
            "where not internal and comment is null union all "
            "select function_name from duckdb_functions() where not internal and comment is null"
        ).fetchall()
        limit = con.execute("select max(abs(pv_ic_lower(n, expected) - ic025)) from pairs")
        ((differs,),) = limit.fetchall()

    assert silent == []
    assert differs < 1e-8


def test_what_is_shown_is_true_and_every_pair_has_its_total(shared: Path) -> None:
    with duckdb.connect(str(shared), read_only=True) as con:
        con.execute(f"attach '{shared.with_name('poolvigil.duckdb')}' as whole (read_only)")
        wrong = con.execute(
            """
            select * from pairs_by_country
            left join whole.mart.pair_country t using (product, event, event_kind, country)
            where n is distinct from t.a
            """
        ).fetchall()
        shown, small = con.execute("select count(*), min(n) from pairs_by_country").fetchone() or (
            0,
            0,
        )
        totals = con.execute(
            "select count(*) filter (where s.n <> p.n), count(*) = (select count(*) from pairs) "
            "from pairs s join whole.mart.pair p using (product, event, event_kind)"
        ).fetchone()

    assert wrong == []
    assert shown > 1_000
    assert small == SMALLEST
    assert totals == (0, True)


def published(tables: list[tuple[int, ...]], smallest: int) -> list[frozenset[tuple[int, int]]]:
    """For each row of counts (one a country), the countries and counts that are shown."""
    with duckdb.connect() as con:
        con.execute("create schema mart")
        con.execute(
            "create table mart.pair_country "
            "(product text, event text, event_kind text, country text, is_country bool, a bigint)"
        )
        rows = [
            ("p", f"{t:05}", "event", str(k), True, n)
            for t, counts in enumerate(tables)
            for k, n in enumerate(counts)
            if n
        ]
        con.executemany("insert into mart.pair_country values (?, ?, ?, ?, ?, ?)", rows)
        shown = con.execute(
            heads.read("share/pairs_by_country").body, {"cells_from": smallest}
        ).fetchall()
    found: list[set[tuple[int, int]]] = [set() for _ in tables]
    for _, event, _, country, _, n in shown:
        found[int(event)].add((int(country), n))
    return [frozenset(cells) for cells in found]


@pytest.mark.parametrize(
    ("countries", "most", "smallest"), [(2, 14, 3), (3, 14, 3), (4, 12, 3), (3, 16, 5)]
)
def test_who_knows_the_total_and_the_rule_cannot_tell_a_small_count(
    countries: int, most: int, smallest: int
) -> None:
    """Every table of counts that could be is published; those that look the same must leave each
    small count of each of them open."""
    every = product(range(most + 1), repeat=countries)
    tables = [counts for counts in every if sum(counts) <= most]
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for counts, cells in zip(tables, published(tables, smallest), strict=True):
        assert all(n >= smallest and counts[k] == n for k, n in cells)
        alike[sum(counts), cells].append(counts)

    told = [
        (counts, k)
        for group in alike.values()
        for counts in group
        for k, n in enumerate(counts)
        if 0 < n < smallest and len({other[k] for other in group}) == 1
    ]
    small = sum(0 < n < smallest for counts in tables for n in counts)

    assert small > 0
    assert told == []


def test_a_pair_without_a_small_count_is_shown_whole() -> None:
    assert published([(5, 3, 0, 9)], SMALLEST) == [{(0, 5), (1, 3), (3, 9)}]


def test_one_small_count_takes_the_next_larger_with_it() -> None:
    assert published([(5, 1, 4, 9)], SMALLEST) == [{(0, 5), (3, 9)}]
