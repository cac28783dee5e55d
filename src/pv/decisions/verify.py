"""Whether what persons decided is still as it was recorded: chains, trail and what was published.

A chain shows a row that was changed, removed or moved. Rows removed from its end, and a chain that
was hashed anew as a whole, show in what was published before.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from pv.decisions.chain import CHAINED, problems

_HAVE = (
    "select count(*) from information_schema.tables "
    "where table_schema || '.' || table_name = $relation"
)
# The chained tables whose rows are in the trail, and the action that says so there.
_IN_TRAIL = {"ops.decision": "signal_decided", "ops.duplicate_decision": "duplicate_decided"}


@dataclass(frozen=True, slots=True)
class Chain:
    """A chained table: how many rows it has, and the hash of the last; note it to compare."""

    table: str
    rows: int
    last_hash: str


def chains(con: duckdb.DuckDBPyConnection) -> list[Chain]:
    """The chained tables of a warehouse or a snapshot."""
    found: list[Chain] = []
    for name, number in CHAINED.items():
        ((size, last),) = con.execute(
            f"select count(*), coalesce(arg_max(row_hash, {number}), '') from {name}"
        ).fetchall()
        found.append(Chain(name, size, last))
    return found


def wrong(con: duckdb.DuckDBPyConnection) -> list[str]:
    """What does not fit in the chains of a warehouse or a snapshot, one sentence each."""
    found = [problem for relation in CHAINED for problem in problems(con, relation)]
    return [*found, *_beside_trail(con)]


def differing(
    con: duckdb.DuckDBPyConnection, published: duckdb.DuckDBPyConnection, name: str
) -> list[str]:
    """Rows that were published in the snapshot `name` and stand in the warehouse no more."""
    found: list[str] = []
    for relation, number in CHAINED.items():
        if published.execute(_HAVE, {"relation": relation}).fetchone() != (1,):
            continue
        columns = {c[0] for c in published.execute(f"from {relation} limit 0").description or ()}
        if "row_hash" not in columns:
            continue
        then, now = (
            dict(each.execute(f"select {number}, row_hash from {relation}").fetchall())
            for each in (published, con)
        )
        gone = sorted(no for no, row_hash in then.items() if now.get(no) != row_hash)
        if gone:
            found.append(
                f"{relation}: {_numbers(gone)} of the snapshot {name} {_are(gone)} not in the "
                "warehouse as published: removed, or changed and hashed anew"
            )
    return found


def _beside_trail(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Decisions without their event in the trail, and events without their decision.

    Decisions of before the trail began have none.
    """
    found: list[str] = []
    for relation, action in _IN_TRAIL.items():
        number = CHAINED[relation]
        gone = con.execute(
            f"""
            select e.audit_no
            from ops.audit_event e
            anti join {relation} d on d.row_hash = e.audit_detail
            where e.audit_action = $action
            order by e.audit_no
            """,
            {"action": action},
        ).fetchall()
        untold = con.execute(
            f"""
            with told as (
                select d.{number} as number, e.audit_no is not null as is_told
                from {relation} d
                left join ops.audit_event e
                    on e.audit_detail = d.row_hash and e.audit_action = $action
            )
            select number
            from told
            where not is_told and ($from_the_first or number > (
                select min(number) from told where is_told))
            order by number
            """,
            {"action": action, "from_the_first": relation == "ops.decision"},
        ).fetchall()
        if gone:
            found.append(
                f"{relation}: the decision of {_numbers([n for (n,) in gone])} of ops.audit_event "
                "is not there: removed or changed"
            )
        if untold:
            found.append(
                f"ops.audit_event: nothing tells of {_numbers([n for (n,) in untold])} of "
                f"{relation}: removed there, or added here by another program"
            )
    return found


def _numbers(numbers: Iterable[int]) -> str:
    listed = list(numbers)
    shown = ", ".join(map(str, listed[:5]))
    more = f" and {len(listed) - 5} more" if len(listed) > 5 else ""
    return f"row{'s' if len(listed) > 1 else ''} {shown}{more}"


def _are(numbers: list[int]) -> str:
    return "are" if len(numbers) > 1 else "is"
