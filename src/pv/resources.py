"""Where the SQL, the expectations and the flows lie: in the checkout or inside the wheel."""

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """Folder that holds `sql/`, `expectations/` and `flows/`."""
    packaged = Path(__file__).parent / "_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2]


def sql_files(step: str) -> list[Path]:
    """The SQL files of one folder (e.g. `count/margins`), in the order of their names."""
    return sorted((root() / "sql" / step).glob("*.sql"))
