"""The rows under test: those of the files that were loaded and not yet let through."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import duckdb

from pv.quality.continuity import Published, put_published
from pv.quality.figure_rules import EXPOSURE_OVERLAP
from pv.quality.suites import STAGING, rules
from pv.warehouse.relations import run
from pv.warehouse.transaction import transaction


@contextmanager
def views(  # noqa: PLR0913 - what a night is judged by
    con: duckdb.DuckDBPyConnection,
    night: date,
    products: Mapping[str, str] | None = None,
    *,
    last: Published | None = None,
    grace_days: int = 0,
    exempt: Collection[str] = (),
) -> Iterator[None]:
    """The schema `gate` while the block runs.

    It has `gate.night` (one row: the night's date, and the days of grace after the last day that a
    delivery can hold), for each staging table a view of the same name with its rows under test, and
    the views of `sql/gate`. `products` are the products that names
    in exposure files stand for; a name without one stands for itself. Those that are `exempt` are
    under hospital exemption. `last` is the last published night. Whatever a killed night left of
    the schema is replaced.
    """
    with transaction(con):
        con.execute("drop schema if exists gate cascade")
        con.execute("create schema gate")
        con.execute(
            "create table gate.night as "
            "select $night::date as night, $grace_days::integer as grace_days",
            {"night": night, "grace_days": grace_days},
        )
        for table in STAGING:
            con.execute(
                f"create view gate.{table.name} as select * from {table.qualified} "
                "where file_id in (select file_id from ops.source_file where status = 'loaded')"
            )
        put_published(con, last)
        run(con, "gate/replaced")
        _put_products(con, products or {}, exempt)
        run(con, "gate/exposure_exempt")
        _claim(con)
        run(con, "gate")
    try:
        yield
    finally:
        con.execute("drop schema gate cascade")


def _put_products(
    con: duckdb.DuckDBPyConnection, products: Mapping[str, str], exempt: Collection[str]
) -> None:
    """The table `gate.product`: what each name in exposure files stands for."""
    con.execute(
        "create table gate.product as select unnest($name::varchar[]) as name, "
        "unnest($product::varchar[]) as product, unnest($is_exempt::boolean[]) as is_exempt",
        {
            "name": list(products),
            "product": list(products.values()),
            "is_exempt": [product in exempt for product in products.values()],
        },
    )


def _claim(con: duckdb.DuckDBPyConnection) -> None:
    """The view `gate.exposure_claim`: rows of exposure, of whatever night, that break no rule of
    their own."""
    [exposure] = [table for table in STAGING if table.qualified == "staging.exposure"]
    broken = " or ".join(
        f"coalesce({rule.fails}, false)"
        for rule in rules(exposure)
        if rule.severity == "warning" and rule.name != EXPOSURE_OVERLAP
    )
    con.execute(
        f"""
        create view gate.exposure_claim as
        with whole as (
            select * from staging.exposure
            where file_id not in (select file_id from gate.replaced) and not ({broken})
        )
        select
            w.file_id, w.line, coalesce(p.product, lower(trim(w.product))) as product,
            w.country, w.period_start, w.period_end, w.cumulative,
            w.cumulative is not null as is_total
        from whole as w
        left join gate.product as p on p.name = w.product
        """
    )
