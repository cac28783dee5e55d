"""Two engines on the same relations: what DuckDB makes and what another makes are compared."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb

from pv.dictionary import table
from pv.warehouse import relations
from pv.warehouse.engine import Engine
from pv.warehouse.heads import Query
from pv.warehouse.relations import sql_name

# Each engine numbers blocks in its own way: a block is named by its members.
_BLOCKS = """
    select min(m) over (partition by block) as block, * exclude (block)
    from (
        select *, md5(string_agg(version_no || ' ' || valid_from_look, ',' order by version_no,
            valid_from_look) over (partition by block)) as m
        from {relation}
    )
"""


@dataclass
class Both:
    """Lets DuckDB make the relations of some files, then the other engine, and compares them.

    What is counted later builds on what the other engine has made. `rows` are those of each
    relation, `differences` those that only one of the two has, `seconds` what the last files took
    on DuckDB and on the other.
    """

    other: Engine
    rows: dict[str, int] = field(default_factory=dict)
    differences: dict[str, int] = field(default_factory=dict)
    seconds: tuple[float, float] = (0.0, 0.0)

    def run(
        self, con: duckdb.DuckDBPyConnection, queries: Sequence[Query], params: Mapping[str, Any]
    ) -> None:
        began = time.monotonic()
        for query in queries:
            self._let_go(con, query)
            relations.make(con, query, params)
        made = time.monotonic()
        for query in queries:
            assert query.writes
            con.execute(
                f"create or replace temp table duckdb_{table(query.writes).name} as "
                f"{_rows(query.writes)}"
            )
        for query in queries:
            self._let_go(con, query)
        between = time.monotonic()
        self.other.run(con, queries, params)
        self.seconds = (made - began, time.monotonic() - between)
        for query in queries:
            self._compare(con, str(query.writes))

    def _let_go(self, con: duckdb.DuckDBPyConnection, query: Query) -> None:
        name = sql_name(str(query.writes))
        found = con.execute(
            "select table_type from information_schema.tables where table_name = $name "
            "and table_catalog = 'temp'",
            {"name": name},
        ).fetchall()
        if "." in name:
            con.execute(f"delete from {name}")
        for (kind,) in found:
            con.execute(f"drop {'view' if kind == 'VIEW' else 'table'} {name}")

    def _compare(self, con: duckdb.DuckDBPyConnection, relation: str) -> None:
        ours = f"duckdb_{table(relation).name}"
        selected = (f"from {ours}", _rows(relation))
        types = [con.execute(f"describe {select}").fetchall() for select in selected]
        assert [row[:2] for row in types[0]] == [row[:2] for row in types[1]], relation
        (found,) = con.execute(
            f"""
            select count(*) from (
                (from {ours} except all ({_rows(relation)}))
                union all
                (({_rows(relation)}) except all from {ours})
            )
            """
        ).fetchone() or (0,)
        (rows,) = con.execute(f"select count(*) from {ours}").fetchone() or (0,)
        self.rows[relation] = max(rows, self.rows.get(relation, 0))
        self.differences[relation] = found + self.differences.get(relation, 0)


def _rows(relation: str) -> str:
    """The rows of a relation, so that equal ones are equal: lists are sets."""
    name = sql_name(relation)
    if relation == "work.block_member":
        return _BLOCKS.format(relation=name)
    lists = [f.name for f in table(relation).fields if f.type.endswith("[]")]
    # The places on labels have an order.
    if not lists or relation == "work.listed_pair":
        return f"select * from {name}"
    sets = ", ".join(f"list_sort({column}) as {column}" for column in lists)
    return f"select * replace ({sets}) from {name}"
