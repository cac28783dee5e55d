"""DuckDB's SQL as Spark's: SQLGlot translates, here stands what it would get wrong.

What would give other rows without an error is refused (`Unportable`), so that a file is written
otherwise before any engine counts with it.
"""

import sqlglot
from sqlglot import exp

# Of these Spark and DuckDB take different things for granted.
_REFUSED: dict[type[exp.Expr], str] = {
    exp.Quantile: "quantiles are interpolated otherwise",
    exp.PercentileCont: "quantiles are interpolated otherwise",
    exp.PercentileDisc: "quantiles are interpolated otherwise",
    exp.Median: "quantiles are interpolated otherwise",
    exp.First: "which row is first is not said",
    exp.Last: "which row is last is not said",
    exp.AnyValue: "which row is taken is not said",
    exp.Rand: "a random number is in no result",
}


class Unportable(ValueError):  # noqa: N818 - reads as what the SQL is
    """SQL that the engines would not answer with the same rows."""


def spark(sql: str) -> str:
    """One select in Spark's SQL. `staging.report` becomes the view `staging.report`, and `$name`
    the parameter `:name`.

    The last `order by` is left out: rows are ordered where they are read. Raises `Unportable`.
    """
    tree = sqlglot.parse_one(sql, read="duckdb")
    for node in list(tree.walk()):
        _refuse(node)
    if not tree.args.get("limit"):
        tree.set("order", None)
    for join in list(tree.find_all(exp.Join)):
        if join.method == "ASOF":
            _as_of(join)
    for node in reversed(list(tree.walk())):  # from the leaves up
        new = _translated(node)
        if new is not node:
            node.replace(new)
    return tree.sql(
        "spark", unsupported_level=sqlglot.ErrorLevel.RAISE, identify=True, comments=False
    )


def _refuse(node: exp.Expr) -> None:
    if why := next((_REFUSED[kind] for kind in type(node).__mro__ if kind in _REFUSED), None):
        raise Unportable(f"{node.sql('duckdb')}: {why}")
    if isinstance(node, exp.ArrayAgg) and isinstance(node.this, exp.Order):
        raise Unportable(f"{node.sql('duckdb')}: the order is lost; sort the list (list_sort)")
    if isinstance(node, exp.Anonymous) and not _is_hash(node):
        raise Unportable(f"{node.sql('duckdb')}: not known to be the same function on Spark")


def _as_of(join: exp.Join) -> None:
    """`asof join r on r.k = x and r.at <= y`: the last row of r up to y, by when the next begins.

    r has one row for each k and at.
    """
    right = join.this
    name = right.alias_or_name
    same: list[exp.Expr] = []
    at, until = None, None
    for part in join.args["on"].flatten():
        own, other = part.this, part.expression
        if not (isinstance(own, exp.Column) and own.table == name):
            raise Unportable(f"{join.sql('duckdb')}: write the columns of {name} on the left")
        if isinstance(part, exp.EQ):
            same.append(exp.column(own.name))
        elif isinstance(part, exp.LTE) and at is None:
            at, until = own, other
        else:
            raise Unportable(f"{join.sql('duckdb')}: equal columns and one <= are known")
    if at is None or until is None:
        raise Unportable(f"{join.sql('duckdb')}: no <=")
    following = exp.Window(
        this=exp.Lead(this=exp.column(at.name)),
        partition_by=same,
        order=exp.Order(expressions=[exp.Ordered(this=exp.column(at.name))]),
    )
    rows = exp.select("*", following.as_("asof_until")).from_(exp.to_table(right.name))
    ends = exp.column("asof_until", name)
    join.set("method", None)
    join.set("this", rows.subquery(name))
    join.set(
        "on",
        exp.and_(
            join.args["on"],
            exp.or_(exp.Is(this=ends, expression=exp.null()), exp.GT(this=ends, expression=until)),
        ),
    )


def _translated(node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Table) and node.db:
        alias = node.args.get("alias")
        return exp.Table(this=exp.to_identifier(f"{node.db}.{node.name}"), alias=alias)
    if isinstance(node, exp.Bracket):
        return _element(node)
    if isinstance(node, exp.ArrayOverlaps):
        # Spark answers null where no element is shared and one of them is null.
        shared = _call("ARRAYS_OVERLAP", node.this, node.expression)
        return exp.Coalesce(this=shared, expressions=[exp.false()])
    return _key(node.expressions) if _is_hash(node) else node


def _is_hash(node: exp.Expr) -> bool:
    return isinstance(node, exp.Anonymous) and node.name.upper() == "HASH"


def _element(node: exp.Bracket) -> exp.Expr:
    """`x[2]`, null beyond the end, and `x[1:3]`, which counts from 1 as Spark's `slice` does."""
    (place,) = node.expressions
    if isinstance(place, exp.Slice):
        if place.this != exp.Literal.number(1):
            raise Unportable(f"{node.sql('duckdb')}: a slice begins at 1")
        return _call("SLICE", node.this, place.this, place.expression)
    return _call("GET", node.this, place)


def _call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _key(values: list[exp.Expr]) -> exp.Expr:
    """A number for a tuple, which nobody compares but with its like; a null is a value too."""
    missing = [exp.Is(this=value.copy(), expression=exp.null()) for value in values]
    return _call("XXHASH64", *values, *missing)
