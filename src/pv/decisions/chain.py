"""Tables to which rows are added and never changed, each row chained to the one before by a hash.

The hash of a row is SHA-256 of the hash of the row before it and of its own columns, so that no row
can be changed, taken out or moved without a hash that no longer fits. Who can write the whole table
could hash it anew: then it differs from what was published (`pv.decisions.verify`).
"""

from collections.abc import Mapping
from typing import Any

import duckdb

from pv.dictionary import table

# Each table with the column that numbers its rows from 1.
CHAINED = {
    "ops.decision": "decision_no",
    "ops.duplicate_decision": "decision_no",
    "ops.audit_event": "audit_no",
}
# What stands before the first row.
BEGINNING = "0" * 64


def append(con: duckdb.DuckDBPyConnection, relation: str, row: Mapping[str, Any]) -> str:
    """Add a row to a chained table; its number and hashes are made here. Returns its row_hash.

    `con` may be in a transaction; nobody else writes, because the caller holds the home's lock.
    """
    number = CHAINED[relation]
    last, before = con.execute(
        f"select coalesce(max({number}), 0), arg_max(row_hash, {number}) from {relation}"
    ).fetchone() or (0, None)
    given = {**row, number: last + 1, "previous_hash": before or BEGINNING}
    columns = [f for f in table(relation).fields if f.name != "row_hash"]
    assert given.keys() == {f.name for f in columns}, f"{relation}: {sorted(given)}"
    chosen = ", ".join(f"${f.name}::{f.type} as {f.name}" for f in columns)
    (made,) = con.execute(
        f"insert into {relation} by name "
        f"select *, {hashed(relation)} as row_hash from (select {chosen}) returning row_hash",
        given,
    ).fetchone() or ("",)
    return made


def hashed(relation: str) -> str:
    """The SQL expression of a row's hash.

    A column that is not empty adds a line `name:length in bytes:value`, in the order of the names,
    so that columns which are added later, and empty in old rows, change no hash.
    """
    names = sorted(f.name for f in table(relation).fields if f.name != "row_hash")
    lines = ", ".join(
        f"if({name} is null, '', '{name}:' || strlen({name}::varchar) || ':' || {name}::varchar "
        "|| chr(10))"
        for name in names
    )
    return f"sha256(concat({lines}))"


def problems(con: duckdb.DuckDBPyConnection, relation: str) -> list[str]:
    """What does not fit in a chained table, one sentence a row."""
    number = CHAINED[relation]
    found = con.execute(
        f"""
        with chained as (
            select
                {number} as number, row_hash, previous_hash, {hashed(relation)} as found_hash,
                row_number() over (order by {number}) as place,
                lag(row_hash, 1, $beginning) over (order by {number}) as hash_before,
                lag({number}, 1, 0) over (order by {number}) as number_before
            from {relation}
        )
        select number, row_hash <> found_hash, previous_hash <> hash_before, number_before
        from chained
        where row_hash <> found_hash or previous_hash <> hash_before or number <> number_before + 1
        order by place
        """,
        {"beginning": BEGINNING},
    ).fetchall()
    return [f"{relation}: {_said(*row)}" for row in found]


def _said(number: int, is_changed: bool, is_unchained: bool, before: int) -> str:
    if is_changed:
        return f"row {number} was changed: it has another content than its hash says"
    if number != before + 1:
        return f"rows between {before} and {number} are missing, or twice"
    assert is_unchained
    return f"row {number} does not follow row {before}: rows were removed, changed or moved"
