"""ops.held: what waits for a person's word, while what was before stays in use."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import duckdb
import numpy as np

from pv.errors import UsageError
from pv.warehouse.relations import put
from pv.warehouse.transaction import transaction

# What the gate holds.
FILE_KINDS = ("redelivery", "deletions", "source_loss", "lock_point")


@dataclass(frozen=True, slots=True)
class Held:
    """One thing that is held; its fields are the columns. `mend` says what a person can do."""

    kind: str
    source: str
    name: str
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"held for a person: {self.source}: {self.name}: {self.reason}; {self.mend}"


def of_file(kind: str, source: str, name: str, reason: str) -> Held:
    """A file that the gate holds."""
    mend = (
        f"if it is right, let it in: poolvigil accept {shlex.quote(name)}; "
        "if not, put the right file in its place"
    )
    return Held(kind, source, name, reason, mend)


def read(con: duckdb.DuckDBPyConnection) -> list[Held]:
    """All that is held, of a warehouse or a snapshot, in the order of its key."""
    columns = ", ".join(Held.__slots__)
    found = con.execute(f"select {columns} from ops.held order by all").fetchall()
    return [Held(*row) for row in found]


def write(con: duckdb.DuckDBPyConnection, kinds: Sequence[str], held: Sequence[Held]) -> None:
    """Make `held` all that is held of these kinds. Each night says so anew, by the step that knows.

    `con` must not be in a transaction.
    """
    rows = [asdict(each) for each in held]
    assert {row["kind"] for row in rows} <= set(kinds), "of the kinds that are replaced"
    with transaction(con):
        con.execute("delete from ops.held where list_contains($kinds, kind)", {"kinds": [*kinds]})
        if rows:
            names = Held.__slots__
            put(con, "ops.held", {n: np.array([row[n] for row in rows]) for n in names})


def accept(con: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[tuple[str, str]]:
    """Let the next night take what is held under these names; returns their sources and names.

    A name may have its source before it, as below the inbox, and may be that of a zip or a folder:
    it then stands for all that is held in it. Accepted are the newest bytes of a file; again is as
    once. Raises `UsageError`, and accepts nothing, when a name is not held.
    """
    newest = con.execute(
        "select source, name, arg_max(coalesce(sha256, ''), file_id) from ops.source_file "
        "where status <> 'superseded' group by source, name"
    ).fetchall()
    bytes_of = {(source, name): sha256 for source, name, sha256 in newest}
    done = set(con.execute("select source, name, sha256 from ops.acceptance").fetchall())
    files = [each for each in read(con) if each.kind in FILE_KINDS]
    held = {(h.source, h.name, bytes_of.get((h.source, h.name), "")) for h in files}
    known = held | (done & set(newest))
    chosen: set[tuple[str, str, str]] = set()
    for name in names:
        found = {each for each in known if _is_called(name, *each[:2])}
        if not found:
            raise UsageError(f"{name} is not held; poolvigil accept --list shows what is")
        chosen |= found
    if fresh := sorted(chosen - done):
        columns = zip(("source", "name", "sha256"), zip(*fresh, strict=True), strict=True)
        with transaction(con):
            put(con, "ops.acceptance", {name: np.array(values) for name, values in columns})
    return [(source, name) for source, name, _ in sorted(chosen)]


def _is_called(asked: str, source: str, name: str) -> bool:
    below = f"{asked.rstrip('/')}/"
    return any(known == asked or known.startswith(below) for known in (name, f"{source}/{name}"))
