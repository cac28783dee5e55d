"""DuckDB's SQL as Spark's: what would give other rows in silence is refused, or is rewritten."""

import pytest

from pv.engine.dialect import Unportable, spark


@pytest.mark.parametrize(
    "sql",
    [
        "select list(place order by checked) as places from said",
        "select quantile_cont(age, 0.5) as age from cases",
        "select approx_quantile(age, 0.5) as age from cases",
        "select median(age) as age from cases",
        "select lgamma(n) as n from cells",
        "select main.pv_ic(a, b, c, d) as ic from cells",
        "select getvariable('as_of') as as_of",
        "select first(event) as event from cases",
        "select any_value(event) as event from cases",
        "select random() as r from cases",
        "select products[2:3] as products from cases",
        "select n from a asof join b on a.k = b.k and b.at <= a.at",
        "select n from a asof join b on b.k = a.k and b.at < a.at",
    ],
)
def test_what_the_engines_answer_differently_is_refused(sql: str) -> None:
    with pytest.raises(Unportable):
        spark(sql)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select n from core.case", "SELECT `n` FROM `core.case`"),
        ("select n from a where n >= $least", "SELECT `n` FROM `a` WHERE `n` >= :least"),
        ("select n from a order by n", "SELECT `n` FROM `a`"),
        ("select x[1] as first_of from a", "SELECT GET(`x`, 0) AS `first_of` FROM `a`"),
        ("select x[1:3] as x from a", "SELECT SLICE(`x`, 1, 3) AS `x` FROM `a`"),
        (
            "select list_has_any(x, y) as h from a",
            "SELECT COALESCE(ARRAYS_OVERLAP(`x`, `y`), FALSE) AS `h` FROM `a`",
        ),
        (
            "select hash(1, x) as h from a",
            "SELECT XXHASH64(1, `x`, 1 IS NULL, `x` IS NULL) AS `h` FROM `a`",
        ),
    ],
)
def test_what_spark_calls_otherwise_is_written_for_it(sql: str, said: str) -> None:
    assert spark(sql) == said


def test_an_as_of_join_ends_where_the_next_row_begins() -> None:
    sql = "select r.n from a asof left join r on r.k = a.k and r.at <= a.at"

    assert spark(sql) == (
        "SELECT `r`.`n` FROM `a` LEFT JOIN (SELECT *, LEAD(`at`) OVER (PARTITION BY `k` "
        "ORDER BY `at` NULLS LAST) AS `asof_until` FROM `r`) AS `r` ON (`r`.`k` = `a`.`k` AND "
        "`r`.`at` <= `a`.`at`) AND (`r`.`asof_until` IS NULL OR `r`.`asof_until` > `a`.`at`)"
    )
