"""Where the SQL, the expectations and the flows lie: in the checkout or inside the wheel."""

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """Folder that holds `sql/`, `expectations/` and `flows/`."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2]


def sql_files(step: str) -> list[Path]:
    """The SQL files of one numbered step (e.g. `core`), in the order they run."""
    return sorted((root() / "sql" / step).glob("*.sql"))
