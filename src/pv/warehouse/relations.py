"""Relations by the dictionary: run the SQL that makes them, put columns in, take columns out.

A relation of the schema `work` lives in a temporary table or view of its bare name: a stored table
would cost disk writes. Inside a transaction DuckDB reads it with one thread. In SQL a
name without a schema is therefore a work relation, or a CTE of the same file.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pv import resources
from pv.dictionary import Field, Table, table
from pv.dictionary.ddl import create
from pv.warehouse import engine, heads
from pv.warehouse.heads import Query

Columns = Mapping[str, NDArray[Any]]

# What an array may hold for a type of the dictionary: NumPy's kinds, and the values of an object
# array. Whole numbers may come as floats, nan being null.
_ACCEPTED: dict[str, tuple[str, tuple[type, ...]]] = {
    "boolean": ("b", (bool,)),
    "integer": ("iuf", (int,)),
    "bigint": ("iuf", (int,)),
    "double": ("fiu", (float, int)),
    "date": ("M", (date,)),
    "varchar": ("U", (str,)),
    "json": ("U", (str,)),
}


def run(con: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, Any] | None = None) -> None:
    """Run one file below sql/ or, in the order of its heads, a folder of them.

    `name` is that of the folder (`count/margins`) or the file without its ending. A file gets the
    params of its head. What is counted runs on the engine that was chosen (`pv.warehouse.engine`).
    """
    several = (resources.root() / "sql" / name).is_dir()
    queries = heads.folder(name) if several else [heads.read(name)]
    if chosen := engine.of(name):
        chosen.run(con, queries, params or {})
        return
    for query in queries:
        make(con, query, params or {})


def rows(
    con: duckdb.DuckDBPyConnection, name: str, params: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a file that writes nothing: what an audit has found."""
    query = heads.read(name)
    assert query.writes is None, f"sql/{name}.sql writes {query.writes}: run it"
    given = {param: (params or {})[param] for param in query.params}
    return con.execute(query.body, given or None).fetchall()


def run_script(con: duckdb.DuckDBPyConnection, name: str) -> None:
    """Run the statements of a file that makes no relation: `sql/<name>.sql`, macros for example."""
    con.execute((resources.root() / "sql" / f"{name}.sql").read_text(encoding="utf-8"))


def make(con: duckdb.DuckDBPyConnection, query: Query, params: Mapping[str, Any]) -> None:
    """Make the relation of one file: a work relation anew, rows of a stored table by name."""
    missing = set(query.params) - params.keys()
    assert not missing, f"sql/{query.name}.sql: no param {sorted(missing)}"
    assert query.writes, f"sql/{query.name}.sql writes nothing: read its rows"
    given = {name: params[name] for name in query.params} or None
    relation, is_work = sql_name(query.writes), query.writes.startswith("work.")
    if query.kind == "view":
        temp = "temp " if is_work else ""
        con.execute(f"create or replace {temp}view {relation} as\n{query.body}", given)
    elif is_work:
        con.execute(f"create or replace temp table {relation} as\n{query.body}", given)
    elif query.writes.startswith("gate."):
        # The schema is there while the gate judges, and other connections look into it.
        con.execute(f"create or replace table {relation} as\n{query.body}", given)
    else:
        if query.kind == "by key":
            key = ", ".join(table(query.writes).key)
            con.execute(
                f"delete from {relation} where ({key}) in (select ({key}) from ({query.body}\n))",
                given,
            )
        con.execute(f"insert into {relation} by name\n{query.body}", given)
    if is_work:
        _check_made(con, table(query.writes))


def show(con: duckdb.DuckDBPyConnection, qualified: str, rows: str) -> None:
    """Make a relation of a select, which another engine has made: a work relation is a view of it,
    a stored table gets its rows, in the order of the key."""
    wanted = table(qualified)
    if wanted.schema == "work":
        con.execute(f"create or replace temp view {wanted.name} as {rows}")
        _check_made(con, wanted)
        return
    order = ", ".join(wanted.key) or "all"
    con.execute(f"insert into {qualified} by name {rows} order by {order}")


def put(con: duckdb.DuckDBPyConnection, qualified: str, columns: Columns) -> None:
    """Make a work relation of columns, or append them to a stored table.

    Every column of the dictionary must be there, one-dimensional, of the same length and of its
    type. nan, NaT and None are null. The arrays are copied: the database keeps none of them.
    """
    made = table(qualified)
    _check_put(made, columns)
    _insert(con, made, columns)


def put_more(con: duckdb.DuckDBPyConnection, qualified: str, columns: Columns) -> None:
    """Append columns, as `put` takes them, to a work relation that `put` has made."""
    made = table(qualified)
    _check_put(made, columns)
    _insert(con, made, columns, anew=False)


def put_row(con: duckdb.DuckDBPyConnection, qualified: str, row: Mapping[str, object]) -> None:
    """`put` of one row."""
    put(con, qualified, {name: np.array([value], dtype=object) for name, value in row.items()})


def take(con: duckdb.DuckDBPyConnection, qualified: str, *names: str) -> dict[str, NDArray[Any]]:
    """Columns of a relation (all, or those named) as arrays, in the order of its key.

    The type of an array follows from the dictionary: whole numbers that may not be null int64,
    other numbers float64 with nan, dates datetime64[D] with NaT, text objects with None.
    """
    read = table(qualified)
    assert read.key, f"{qualified} has no key in the dictionary: its order is not known"
    fields = {f.name: f for f in read.fields}
    strangers = set(names) - fields.keys()
    assert not strangers, f"{qualified} has no column {sorted(strangers)}"
    wanted = [fields[name] for name in names or fields]
    found = _fetch(con, read, [f.name for f in wanted])
    return {f.name: _array(qualified, f, found[f.name]) for f in wanted}


def drop(con: duckdb.DuckDBPyConnection, *qualified: str) -> None:
    """Let work relations go, whether they are there or not."""
    for name in qualified:
        assert table(name).schema == "work", f"{name} is kept"
        con.execute(f"drop table if exists {sql_name(name)}")


def sql_name(qualified: str) -> str:
    """How a relation of the dictionary is called in SQL."""
    return qualified.removeprefix("work.")


def _insert(
    con: duckdb.DuckDBPyConnection, made: Table, columns: Columns, *, anew: bool = True
) -> None:
    given: dict[str, NDArray[Any]] = {}
    chosen: list[str] = []
    for field in made.fields:
        array, expression = _as_sql(field, np.asarray(columns[field.name]))
        given |= array
        chosen.append(f"({expression})::{field.type} as {field.name}")
    con.register("columns_put", given)
    try:
        if made.schema == "work" and anew:
            con.execute(create(made))
        con.execute(
            f"insert into {sql_name(made.qualified)} by name "
            f"select {', '.join(chosen)} from columns_put"
        )
    finally:
        con.unregister("columns_put")


def _fetch(
    con: duckdb.DuckDBPyConnection, read: Table, names: Sequence[str]
) -> dict[str, NDArray[Any]]:
    found = con.execute(
        f"select {', '.join(names)} from {sql_name(read.qualified)} order by {', '.join(read.key)}"
    ).fetchnumpy()
    return {name: np.ma.asanyarray(values) for name, values in found.items()}


def _check_made(con: duckdb.DuckDBPyConnection, wanted: Table) -> None:
    """Names and types of a work relation that SQL has made are those of the dictionary."""
    description = con.execute(f"from {wanted.name} limit 0").description or ()
    found = {column[0]: str(column[1]) for column in description}
    said = {f.name: f.type.upper() for f in wanted.fields}
    differs = {
        name: (found.get(name), said.get(name))
        for name in found | said
        if found.get(name) != said.get(name)
    }
    assert not differs, f"{wanted.qualified}: (made, in the dictionary) {differs}"


def _check_put(wanted: Table, columns: Columns) -> None:
    said = {f.name for f in wanted.fields}
    assert said == columns.keys(), (
        f"{wanted.qualified}: columns missing {sorted(said - columns.keys())}, "
        f"not in the dictionary {sorted(columns.keys() - said)}"
    )
    shapes = {name: np.shape(values) for name, values in columns.items()}
    assert len(set(shapes.values())) <= 1 and all(len(s) == 1 for s in shapes.values()), (
        f"{wanted.qualified}: columns of different shapes {shapes}"
    )
    for field in wanted.fields:
        problem = _problem(field, np.asarray(columns[field.name]))
        assert problem is None, f"{wanted.qualified}.{field.name} ({field.type}): {problem}"


def _problem(field: Field, values: NDArray[Any]) -> str | None:
    """What keeps the values from being a column of this field."""
    kinds, types = _ACCEPTED[field.type]
    kind = values.dtype.kind
    if kind == "O":
        found = set(map(type, values.tolist()))
        has_null = type(None) in found
        others = [t.__name__ for t in found - {type(None)} if not issubclass(t, types)]
        if others:
            return f"holds {', '.join(sorted(others))}"
    elif kind not in kinds:
        return f"is an array of {values.dtype}"
    else:
        null = _null(values)
        has_null = bool(null.any())
        if kind == "f" and field.type != "double":
            whole = values[~null]
            if (whole != np.floor(whole)).any() or np.isinf(whole).any():
                return "holds a number that is not whole"
    return "holds a null" if has_null and field.required else None


def _null(values: NDArray[Any]) -> NDArray[np.bool_]:
    kind = values.dtype.kind
    if kind == "f":
        return np.isnan(values)
    return np.isnat(values) if kind == "M" else np.zeros(values.shape, dtype=bool)


def _as_sql(field: Field, values: NDArray[Any]) -> tuple[dict[str, NDArray[Any]], str]:
    """The arrays that DuckDB scans for a column, and the expression that makes it of them."""
    name, kind = field.name, values.dtype.kind
    if kind == "f":
        return {name: values}, f"if(isnan({name}), null, {name})"
    if kind == "M":
        return {name: values.astype("datetime64[s]")}, name
    if kind not in "OU":
        return {name: values}, name
    # DuckDB takes the type of an object array from a sample, and None alone for no text: so text
    # goes in without None, and where it was given beside it.
    listed = values.tolist()
    text = np.array(["" if value is None else str(value) for value in listed], dtype=object)
    given = np.array([value is not None for value in listed], dtype=bool)
    known = f"{name}_is_given"
    return {name: text, known: given}, f"if({known}, {name}::varchar, null)"


def _array(qualified: str, field: Field, found: Any) -> NDArray[Any]:
    """A fetched column as the array that the dictionary promises."""
    null = np.ma.getmaskarray(found)
    values = np.ma.getdata(found)
    assert not (field.required and null.any()), f"{qualified}.{field.name} holds a null"
    if field.type == "boolean":
        assert not null.any(), f"{qualified}.{field.name} holds a null, which no boolean array can"
        return values.astype(bool)
    if field.type == "date":
        return np.where(null, np.datetime64("NaT"), values).astype("datetime64[D]")
    if field.type in ("integer", "bigint", "double"):
        if field.required and field.type != "double":
            return values.astype(np.int64)
        return np.where(null, np.nan, values.astype(np.float64))
    text = values.astype(object)
    text[null] = None
    return text
