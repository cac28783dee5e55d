"""The memory of a night: how DuckDB and Python share it, and what the machine has left."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pv.settings import ITSELF, LEAST_SHARE, Home, Settings
from pv.warehouse import connect

_MB = 10**6
# The arrays of the statistics, by cell (pair and country). The demonstration's night took 0.5 GB
# beside DuckDB's share with 0.1 million cells, that of a million cases 2.6 GB with 3.1 million, and
# that of four million cases of 22 years 9.8 GB with 12.5 million.
_PER_CELL = 720


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that the next night may take, and the cells of its arrays."""

    limit: int
    cells: int

    @classmethod
    def of(cls, home: Home) -> "Need":
        """By the settings and the current snapshot; before a first night no cells are known."""
        return cls(int(Settings.of(home).memory_limit), _cells(home))

    @property
    def least(self) -> int:
        """Bytes with which DuckDB has the least that it works with."""
        return ITSELF + _PER_CELL * self.cells + LEAST_SHARE

    def __str__(self) -> str:
        known = f" with the {self.cells:,} cells of the last night" if self.cells else ""
        return (
            f"a night may take {self.limit / _MB:,.0f} MB (memory_limit), and "
            f"takes {self.least / _MB:,.0f} MB at least{known}"
        )

    def shortage(self, have: int) -> str | None:
        """What is to be done where a night does not fit into its limit, or the limit into what a
        machine has left."""
        if have < self.least:
            return f"give the machine {self.least / _MB:,.0f} MB at least"
        if self.limit < self.least:
            return f"raise memory_limit to {self.least / _MB:,.0f} MB at least"
        if have < self.limit:
            return f"lower memory_limit to {have / _MB:,.0f} MB, or give the machine more"
        return None


def shortage(home: Home) -> str | None:
    """What to tell before a night that may not fit; None if it fits, or nobody knows."""
    have = available()
    if have is None:
        return None
    need = Need.of(home)
    mend = need.shortage(have)
    return (
        mend and f"the memory may not suffice: {need}; {have / _MB:,.0f} MB are available; {mend}"
    )


def leave(con: duckdb.DuckDBPyConnection, cells: int) -> None:
    """Take from DuckDB's share what the arrays of so many cells take."""
    connect.lower(con, _PER_CELL * cells, LEAST_SHARE)


def available() -> int | None:
    """Bytes that the machine, or the group that limits this process, has left; None: not known."""
    try:
        lines = Path("/proc/meminfo").read_text("utf-8").splitlines()
        kilobytes = dict(line.split(":", 1) for line in lines)["MemAvailable"].split()[0]
        found = [int(kilobytes) * 1024]
    except (OSError, KeyError, ValueError):
        return None
    group = Path("/sys/fs/cgroup")
    try:
        most, used = ((group / f"memory.{n}").read_text().strip() for n in ("max", "current"))
        found += [int(most) - int(used)] if most != "max" else []
    except (OSError, ValueError):
        pass
    return min(found)


def _cells(home: Home) -> int:
    """Rows of mart.pair_country in the current snapshot; 0 without one that can be read."""
    try:
        with duckdb.connect(str(home.current), read_only=True, config=connect.OFFLINE) as con:
            found = con.execute("select count(*) from mart.pair_country").fetchone()
    except duckdb.Error:
        return 0
    return int(found[0]) if found else 0
