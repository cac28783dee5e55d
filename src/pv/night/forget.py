"""Forget a file: its rows leave the warehouse, and what was found while they were there stays.

Case keys, history, looks and alpha ledger are kept: the next night takes back what the data no
longer bear out, as for any file that changes.
"""

from pathlib import Path

import duckdb

from pv import log
from pv.errors import UsageError, meant
from pv.night import lock, person, writer
from pv.settings import Home
from pv.sources import ledger
from pv.sources.ledger import Line
from pv.warehouse.transaction import transaction


def forget(root: Path, name: str, reason: str) -> list[Line]:
    """Forget SOURCE/FILE, all members of a zip or folder of that name; returns their lines.

    Raises `UsageError` when no such file is known, or it still lies in the inbox, from where the
    next night would read it again.
    """
    home = Home(root.resolve())
    if not home.warehouse.exists() and not home.published.is_dir():
        raise UsageError(f"no night has run in {root}: nothing is known")
    source, _, file = name.strip("/").partition("/")
    if (home.inbox / source / file).exists():
        raise UsageError(
            f"{home.inbox / source / file} is still there, and the next night would read it again: "
            "take it out of the inbox, then forget it"
        )
    with lock.hold(home, "forget"), writer.warehouse(home) as con, log.to_file(home.logs):
        lines = ledger.read(con)
        found = [line for line in lines if _is_of(line, source, file)]
        if not file or not found:
            known = {f"{line.source}/{line.name}" for line in lines}
            raise UsageError(f"no file {name!r} is known{meant(name, known)}; see the view files")
        with transaction(con):
            _take_out(con, found, reason)
        for line in found:
            log.say(
                f"forgotten: {line.source}: {line.name}",
                source=line.source, name=line.name, rows=line.rows_kept, by=person.name(),
            )  # fmt: skip
        return found


def _is_of(line: Line, source: str, file: str) -> bool:
    return line.source == source and (line.name == file or line.name.startswith(f"{file}/"))


def _take_out(con: duckdb.DuckDBPyConnection, lines: list[Line], reason: str) -> None:
    for line in lines:
        con.execute(
            "insert into ops.forgotten by name select $source as source, $name as name, "
            "$sha256 as sha256, $rows as rows_kept, $by as decided_by, "
            "date_trunc('second', now() at time zone 'UTC') as decided_at, $reason as reason",
            {
                "source": line.source, "name": line.name, "sha256": line.sha256 or "",
                "rows": line.rows_kept, "by": person.name(), "reason": reason,
            },
        )  # fmt: skip
        ledger.clear_rows(con, line.file_id)
        ledger.remove(con, line.file_id)
    # What a source had is counted anew: this loss is a person's word.
    con.execute("delete from ops.source_cases")
