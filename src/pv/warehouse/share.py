"""A snapshot for people outside: pooled figures, and no small count of a single country."""

from pathlib import Path

import duckdb

from pv.dictionary.fields import FIELDS
from pv.warehouse import heads, kit
from pv.warehouse.connect import WRITING

NAME = "shareable.duckdb"


def share(snapshot: Path, cells_from: int) -> Path:
    """Write `shareable.duckdb` beside the database of a snapshot; returns it.

    It holds what the files of `sql/share` select, each in a table of its name: nothing of a single
    case, and no count of a country below `cells_from`, nor what gives one back. The macros that are
    values are in it too.
    """
    made = snapshot.with_name(NAME)
    made.unlink(missing_ok=True)
    with duckdb.connect(config=WRITING) as con:
        con.execute(f"attach {_quoted(str(snapshot))} as snapshot (read_only)")
        con.execute(f"attach {_quoted(str(made))} as shareable")
        con.execute("use snapshot")
        for query in heads.folder("share"):
            table = f"shareable.main.{query.name.rpartition('/')[2]}"
            given = {"cells_from": cells_from} if query.params else None
            con.execute(f"create table {table} as\n{query.body}", given)
            con.execute(f"comment on table {table} is {_quoted(query.why)}")
            for name, *_ in con.execute(f"describe {table}").fetchall():
                meaning = _quoted(FIELDS[name].describe())
                con.execute(f"comment on column {table}.{name} is {meaning}")
        con.execute("use shareable")
        kit.make_macros(con, kit.OF_VALUES)
    return made


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
