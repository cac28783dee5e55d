"""ops.held: what waits for a person's word, while what was before stays in use."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import duckdb
import numpy as np

from pv.warehouse.relations import put
from pv.warehouse.transaction import transaction


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
