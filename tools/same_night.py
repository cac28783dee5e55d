"""Whether two snapshots say the same: each table row by row, but what a run and state are called.

    python tools/same_night.py SNAPSHOT OTHER_SNAPSHOT

For nights of one inbox by two versions of a library. Ends with 1 where a table differs.
"""

import sys
from pathlib import Path

import duckdb

# Names are made of the versions of libraries, too.
CALLED = ("run_id", "fingerprint", "versions", "state_id", "alerted_by")
# A home that was there has a state more.
LEFT_OUT = ("mart.signal_state",)


def tables(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, str]:
    """The columns that are compared of each table, as a list for SQL."""
    found = con.execute(
        """
        select schema_name || '.' || table_name, string_agg('"' || column_name || '"', ', '
            order by column_index) filter (where not list_contains($called, column_name))
        from duckdb_columns()
        semi join (
            select database_name, schema_name, table_name from duckdb_tables() union all
            select database_name, schema_name, view_name from duckdb_views()
            where contains(sql, 'pv_parts')
        ) using (database_name, schema_name, table_name)
        where database_name = $database
        group by all
        """,
        {"database": database, "called": list(CALLED)},
    ).fetchall()
    return {name: columns for name, columns in found if name not in LEFT_OUT}


def main(*snapshots: str) -> int:
    """Print the tables that differ; 0 where none does."""
    with duckdb.connect() as con:
        for name, snapshot in zip(("one", "other"), snapshots, strict=True):
            quoted = str(Path(snapshot)).replace("'", "''")
            con.execute(f"attach '{quoted}' as {name} (read_only)")
        one, other = tables(con, "one"), tables(con, "other")
        wrong = sorted(dict(one.items() ^ other.items()))
        rows = 0
        for table in sorted(one.keys() & other.keys()):
            mine, theirs = (f"select {one[table]} from {db}.{table}" for db in ("one", "other"))
            count, differ = con.execute(
                f"select (select count(*) from one.{table}), (select count(*) from "
                f"(({mine} except all {theirs}) union all ({theirs} except all {mine})))"
            ).fetchone() or (0, 0)
            rows += count
            wrong += [f"{table}: {differ:,} rows differ"] * (differ > 0)
    for each in wrong:
        print(f"differs: {each}")
    print(f"{len(one)} tables with {rows:,} rows compared by DuckDB {duckdb.__version__}")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
