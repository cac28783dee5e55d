"""Whether the decisions of a home are still as they were recorded and published."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb

from pv.decisions import verify
from pv.errors import UsageError
from pv.night import lock
from pv.settings import Home
from pv.warehouse.connect import OFFLINE


def verified(root: Path) -> dict[str, Any]:
    """What the chains of the warehouse are, and what does not fit in them or with any published
    snapshot. Changes nothing."""
    home = Home(root.resolve())
    if not home.warehouse.exists():
        raise UsageError(
            f"{home.warehouse} is not there: a night begins it again with what was published"
        )
    wrong: list[str] = []
    with (
        lock.hold(home, "audit verify"),
        duckdb.connect(str(home.warehouse), read_only=True, config=OFFLINE) as con,
    ):
        try:
            wrong += verify.wrong(con)
            chains = verify.chains(con)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise UsageError(
                "the warehouse is of a version without chains: run a night first"
            ) from error
        snapshots = sorted(
            folder
            for folder in home.published.glob("*/poolvigil.duckdb")
            if not folder.parent.is_symlink() and not folder.parent.name.startswith(".")
        )
        for database in snapshots:
            with duckdb.connect(str(database), read_only=True, config=OFFLINE) as published:
                wrong += verify.differing(con, published, database.parent.name)
    return {
        "chains": [asdict(chain) for chain in chains],
        "snapshots": len(snapshots),
        "problems": wrong,
    }
