"""Files that came again with other bytes, as a night tells them."""

from dataclasses import dataclass

import duckdb

_OF_A_REISSUE = (
    "source", "name", "compared_by", "rows_before", "rows_after", "n_added", "n_withdrawn",
    "n_changed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reissue:
    """A row of ops.reissue, for people."""

    source: str
    name: str
    compared_by: str
    rows_before: int
    rows_after: int
    n_added: int | None
    n_withdrawn: int | None
    n_changed: int | None

    def __str__(self) -> str:
        rows = f"{self.source}: {self.name} came again with other bytes: {self.rows_before:,} rows "
        rows += f"before, {self.rows_after:,} now"
        if self.n_added is None:
            return f"{rows}; what is in them could not be compared"
        return (
            f"{rows}; {self.n_added:,} {self.compared_by}s added, {self.n_withdrawn:,} withdrawn, "
            f"{self.n_changed:,} changed"
        )


def read(con: duckdb.DuckDBPyConnection, run_id: str | None) -> list[Reissue]:
    """Those that were first told by a run; None: by none yet."""
    found = con.execute(
        f"select {', '.join(_OF_A_REISSUE)} from ops.reissue "
        "where run_id is not distinct from $run_id order by source, name, new_file_id",
        {"run_id": run_id},
    ).fetchall()
    return [Reissue(*row) for row in found]


def tell(con: duckdb.DuckDBPyConnection, run_id: str) -> None:
    """Those that no run has told are told by this one."""
    con.execute("update ops.reissue set run_id = $run_id where run_id is null", {"run_id": run_id})
