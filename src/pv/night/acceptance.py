"""What a person does about what is held: look at it, and let it in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pv import log
from pv.errors import UsageError
from pv.night import held, lock, person, steps, writer
from pv.night.held import Held
from pv.settings import Home


def listed(root: Path) -> list[Held]:
    """What the last night of a home held. Raises `UsageError` where there was none."""
    with _warehouse(root) as con:
        return held.read(con)


def accept(root: Path, names: Sequence[str]) -> list[tuple[str, str]]:
    """Let in what is held under these names (`held.accept`); the log says who did, and when."""
    with _warehouse(root) as con:
        accepted = held.accept(con, names)
        with log.to_file(Home(root.resolve()).logs):
            for source, name in accepted:
                log.say(f"accepted: {source}: {name}", source=source, name=name, by=person.name())
    return accepted


@contextmanager
def _warehouse(root: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    home = Home(root.resolve())
    if not home.warehouse.exists() and not home.published.is_dir():
        raise UsageError(f"no night has run in {root}: nothing is held")
    with lock.hold(home, "accept"), writer.warehouse(home) as con:
        # A warehouse that was lost begins again with the files that are held, and no more.
        steps.hold_files(con)
        yield con
