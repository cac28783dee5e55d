"""Chained tables: any row that is changed, removed or moved shows."""

from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from pv.decisions import chain, signals, trail, verify
from pv.decisions.signals import Said, Seen
from pv.warehouse.connect import connect
from pv.warehouse.migrate import migrations

SEEN = Seen(
    "r", date(2024, 12, 31), "Kymriah", "Deafness", "event", True, "watch", 4, [3, 7], ["DE"]
)
SHOWN = ("ops.decision: row 3 does not follow row 2: rows were removed, changed or moved",)


def said(reason: str = "seen") -> Said:
    return Said(
        "Kymriah", "Deafness", "event", "validated", None, reason, None, None, date(2025, 6, 1),
        date(2025, 1, 2), "anna",
    )  # fmt: skip


@pytest.fixture
def con():
    made = connect(Path(":memory:"), memory_limit="1GB", threads=1)
    for number in range(1, 5):
        signals.append(made, said(f"reason {number}"), SEEN, "operator")
    trail.record(made, "file_accepted", "faers/a.zip", "sha", "operator")
    yield made
    made.close()


def test_what_was_recorded_is_as_recorded(con) -> None:
    assert verify.wrong(con) == []
    assert [(c.table, c.rows) for c in verify.chains(con)] == [
        ("ops.decision", 4), ("ops.duplicate_decision", 0), ("ops.audit_event", 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tampering", "shown"),
    [
        ("update ops.decision set reason = 'better' where decision_no = 2",
         "ops.decision: row 2 was changed"),
        ("update ops.decision set next_review = null where decision_no = 4",
         "ops.decision: row 4 was changed"),
        ("update ops.decision set countries = ['DE', 'FR'] where decision_no = 1",
         "ops.decision: row 1 was changed"),
        ("update ops.audit_event set audited_by = 'nobody' where audit_no = 5",
         "ops.audit_event: row 5 was changed"),
        ("delete from ops.decision where decision_no = 1",
         "ops.decision: rows between 0 and 2 are missing, or twice"),
        ("delete from ops.decision where decision_no = 3",
         "ops.decision: rows between 2 and 4 are missing, or twice"),
        ("delete from ops.decision where decision_no = 4",
         "ops.decision: the decision of row 4 of ops.audit_event is not there"),
        ("delete from ops.audit_event where audit_no >= 4",
         "ops.audit_event: nothing tells of row 4 of ops.decision"),
        ("update ops.decision set decision_no = 7 - decision_no where decision_no in (3, 4)",
         "ops.decision: row 3 was changed"),
        ("insert into ops.decision select * from ops.decision where decision_no = 2",
         "ops.decision: rows between 2 and 2 are missing, or twice"),
    ],
)  # fmt: skip
def test_any_row_that_is_changed_removed_moved_or_added_shows(con, tampering, shown) -> None:
    con.execute(tampering)

    assert any(problem.startswith(shown) for problem in verify.wrong(con)), verify.wrong(con)


def test_two_rows_that_change_places_with_their_hashes_no_longer_follow(con) -> None:
    """Numbers and contents alone may fit: the hash before them does not."""
    con.execute(
        f"""
        create temp table moved as
        select * exclude (row_hash) replace (if(decision_no = 2, 3, 2) as decision_no)
        from ops.decision where decision_no in (2, 3);
        delete from ops.decision where decision_no in (2, 3);
        insert into ops.decision by name
        select *, {chain.hashed("ops.decision")} as row_hash from moved
        """
    )

    assert "ops.decision: row 2 does not follow row 1: rows were removed, changed or moved" in (
        verify.wrong(con)
    )


def test_a_chain_that_is_hashed_anew_is_not_what_was_published(con, tmp_path: Path) -> None:
    """Who writes both tables anew can make them fit each other; what was published stays."""
    with duckdb.connect(str(tmp_path / "snapshot.duckdb")) as published:
        published.execute("create schema ops")
        for relation in ("ops.decision", "ops.audit_event"):
            rows = con.execute(f"from {relation}").df()
            published.execute(f"create table {relation} as from rows")
            assert len(rows) > 0
        assert verify.differing(con, published, "2025-01-02-abc") == []

        con.execute("delete from ops.decision; delete from ops.audit_event")
        for number in (1, 2, 4):
            signals.append(con, said(f"reason {number}"), SEEN, "operator")
        assert verify.wrong(con) == []
        (decisions, events) = verify.differing(con, published, "2025-01-02-abc")

    assert decisions.startswith("ops.decision: rows 3, 4 of the snapshot 2025-01-02-abc are not")
    assert events.startswith("ops.audit_event: rows ")


def test_the_hash_is_the_one_that_the_manual_says(con) -> None:
    names = [d[0] for d in con.execute("from ops.audit_event limit 0").description]
    texts = ", ".join(f"{name}::varchar" for name in names)
    found = con.execute(f"select {texts} from ops.audit_event where audit_no = 2").fetchone()
    row = dict(zip(names, found, strict=True))
    row_hash = row.pop("row_hash")
    lines = "".join(
        f"{name}:{len(value.encode())}:{value}\n" for name, value in sorted(row.items()) if value
    )

    assert sha256(lines.encode()).hexdigest() == row_hash


def test_decisions_of_before_are_chained_by_the_migration_as_later_ones_are(tmp_path: Path) -> None:
    """A decision on two cases of version 17 becomes the first rows of a chain that fits."""
    known = migrations()
    con = duckdb.connect()
    con.execute("create schema ops")
    con.execute(next(m for m in known if m.number == 17).file.read_text())
    for number, reason in ((1, "ü; 'one'\nnarrative"), (2, "twins")):
        con.execute(
            "insert into ops.duplicate_decision values "
            "($number, 'FDA', '10', 'FDA', '11', 'confirm', 'anna', $at, $reason)",
            {"number": number, "at": datetime(2024, 6, 1, 12, 30), "reason": reason},
        )
    con.execute(next(m for m in known if m.number == 18).file.read_text())

    assert chain.problems(con, "ops.duplicate_decision") == []
    assert con.execute(
        "select count(distinct row_hash) from ops.duplicate_decision"
    ).fetchall() == [(2,)]
