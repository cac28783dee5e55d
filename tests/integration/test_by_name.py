"""Values go into columns by name: the order of the columns in the dictionary changes none."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pv import cases
from pv.dictionary import TABLES, Field
from pv.evaluate.staged import last_day, stage, warehouse
from pv.night.judge import judge
from pv.simulate.scenarios.registry import make
from pv.simulate.scenarios.scenario import write_vocabulary
from pv.spec import AnalysisSpec


def exchanged(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The fields with those of one type in the opposite order: no insert would complain."""
    last_first = {kind: [f for f in fields if f.type == kind] for kind in {f.type for f in fields}}
    return tuple(last_first[f.type].pop() for f in fields)


@contextmanager
def columns_exchanged() -> Iterator[None]:
    """Every stored table with its columns of one type exchanged."""

    def exchange() -> None:
        for table in TABLES:
            object.__setattr__(table, "fields", exchanged(table.fields))

    exchange()
    try:
        yield
    finally:
        exchange()


def rows(con: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """Every stored table, its columns in the order of their names."""
    return {
        table.qualified: con.execute(
            f"select {', '.join(sorted(f.name for f in table.fields))} from {table.qualified} "
            "order by all"
        ).fetchall()
        for table in TABLES
    }


def night(vocabulary: Path) -> dict[str, list[tuple]]:
    scenario = make("null", 1)
    with warehouse() as con:
        stage(con, scenario)
        as_of = last_day(scenario)
        spec = AnalysisSpec.load()
        cases.build(con, as_of, write_vocabulary(scenario, vocabulary), spec.duplicates)
        judge(con, spec, as_of, "now")
        return rows(con)


def test_the_order_of_columns_in_the_dictionary_changes_no_value(tmp_path: Path) -> None:
    straight = night(tmp_path / "straight")
    with columns_exchanged():
        other = night(tmp_path / "exchanged")

    differ = [name for name, found in straight.items() if found != other[name]]
    assert differ == []
    assert len(straight["core.case"]) > 1000
    assert len(straight["mart.signal"]) > 1000
