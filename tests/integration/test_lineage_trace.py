"""A traced night and replay: no relation is read before it is made, and each keeps its promises."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pv import cases
from pv.dictionary import TABLES, WORK, table
from pv.dictionary.tables.staging import STAGING
from pv.evaluate.staged import last_day, stage, warehouse
from pv.night.judge import judge
from pv.pairs.replay import replay
from pv.quality import batch
from pv.simulate.scenarios.registry import make
from pv.simulate.scenarios.scenario import write_vocabulary
from pv.spec import AnalysisSpec
from pv.warehouse import lineage, publish, relations

# In the warehouse before the night: kept from night to night, or received.
KEPT = {t.qualified for t in TABLES if t.durability != "derived"}
# Outside the database, and what the gate makes of what it is told, of its own rules and of the rows
# under test.
GIVEN = {"gate.night", "gate.published", "gate.product", "gate.exposure_claim"}
OUTSIDE = {"files", *GIVEN, *(f"gate.{t.name}" for t in STAGING)}
# The run itself, which the flow records.
UNSEEN = {
    relation
    for step in lineage.steps()
    if step.is_python and step.room == "night"
    for relation in step.writes
}


class Trace:
    """The relations that were read and made, in order, and which keep what they promise."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.broken: list[str] = []

    def read(self, *names: str) -> None:
        self.events += [("read", name) for name in names]

    def made(self, con: duckdb.DuckDBPyConnection, name: str) -> None:
        self.events.append(("made", name))
        if name in (t.qualified for t in WORK):
            self.broken += promises_broken(con, name)

    def read_too_early(self) -> list[str]:
        made: set[str] = set()
        early: list[str] = []
        for kind, name in self.events:
            if kind == "made":
                made.add(name)
            elif name not in made | KEPT | OUTSIDE | UNSEEN:
                early.append(name)
        return early


def promises_broken(con: duckdb.DuckDBPyConnection, qualified: str) -> Iterator[str]:
    """Columns that hold a null and may not, and a key that is not unique."""
    promised = table(qualified)
    required = [f.name for f in promised.fields if f.required]
    counts = ", ".join(f"count({name})" for name in required)
    total, *filled = con.execute(f"select count(*), {counts} from {promised.name}").fetchone() or ()
    yield from (
        f"{qualified}.{name} holds a null"
        for name, count in zip(required, filled, strict=True)
        if count != total
    )
    if promised.key:
        key = ", ".join(promised.key)
        (distinct,) = con.execute(
            f"select count(*) from (select distinct {key} from {promised.name})"
        ).fetchone() or (0,)
        if distinct != total:
            yield f"{qualified} has {distinct} keys ({key}) in {total} rows"


@pytest.fixture
def trace(monkeypatch: pytest.MonkeyPatch) -> Trace:
    """Wraps what runs SQL files, puts and takes."""
    found = Trace()

    def wrap(module: Any, name: str, before: Callable, after: Callable) -> None:
        real = getattr(module, name)

        def wrapped(*arguments: Any, **options: Any) -> Any:
            before(*arguments)
            result = real(*arguments, **options)
            after(*arguments)
            return result

        monkeypatch.setattr(module, name, wrapped)

    def nothing(*_: Any) -> None:
        pass

    wrap(
        relations, "make",
        lambda con, query, params: found.read(*(r for r in query.reads if r != query.writes)),
        lambda con, query, params: found.made(con, query.writes),
    )  # fmt: skip
    wrap(relations, "_insert", nothing, lambda con, made, columns: found.made(con, made.qualified))
    wrap(relations, "_fetch", lambda con, read, names: found.read(read.qualified), nothing)
    return found


def test_nothing_is_read_before_it_is_made_and_work_relations_keep_their_promises(
    trace: Trace, tmp_path: Path
) -> None:
    scenario, spec = make("null", 1), AnalysisSpec.load()
    as_of, earlier = last_day(scenario), date(2024, 6, 30)
    with warehouse() as con:
        stage(con, scenario)
        with batch.views(con, as_of):
            pass
        vocabulary = write_vocabulary(scenario, tmp_path / "vocabulary")
        cases.build(con, as_of, vocabulary, spec.duplicates)
        replay(con, spec, {earlier: "earlier"}, lambda _: None)
        judge(con, spec, as_of, "now")
        publish.build(con, tmp_path / "snapshot", tmp_path / "none", 10**9)

    assert trace.read_too_early() == []
    assert trace.broken == []


def test_a_relation_that_is_read_too_early_is_seen() -> None:
    trace = Trace()
    trace.events = [("read", "work.cell"), ("made", "work.cell"), ("read", "work.cell")]

    assert trace.read_too_early() == ["work.cell"]
