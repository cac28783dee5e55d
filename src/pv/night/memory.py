"""The memory that the next night takes, and what the machine has left."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pv.settings import LEAST_SHARE, Home, Settings
from pv.warehouse.connect import OFFLINE

_MB = 10**6
# Beside DuckDB's share: Python, libraries, one reader; and the arrays of the statistics, by cell
# (pair and country). The demonstration's night took 0.5 GB beside it with 0.1 million cells, that
# of a million cases 2.6 GB with 3.1 million.
_ITSELF = 10**9
_PER_CELL = 600


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that the next night may take: DuckDB's share, and Python's with so many cells."""

    share: int
    cells: int

    @classmethod
    def of(cls, home: Home) -> "Need":
        """By the settings and the current snapshot; before a first night no cells are known."""
        return cls(int(Settings.of(home).memory_limit), _cells(home))

    @property
    def beside(self) -> int:
        """Python's bytes."""
        return _ITSELF + _PER_CELL * self.cells

    def __str__(self) -> str:
        known = f" for {self.cells:,} cells of the last night" if self.cells else ""
        return (
            f"a night may take {(self.share + self.beside) / _MB:,.0f} MB: memory_limit is "
            f"{self.share / _MB:,.0f} MB, Python takes {self.beside / _MB:,.0f} MB beside it{known}"
        )

    def shortage(self, have: int) -> str | None:
        """What is to be done where a machine has less left than a night may take."""
        if have >= self.share + self.beside:
            return None
        fits = have - self.beside
        lower = f"lower memory_limit to {fits / _MB:,.0f} MB, or " if fits >= LEAST_SHARE else ""
        return f"{lower}give the machine more"


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
        with duckdb.connect(str(home.current), read_only=True, config=OFFLINE) as con:
            found = con.execute("select count(*) from mart.pair_country").fetchone()
    except duckdb.Error:
        return 0
    return int(found[0]) if found else 0
