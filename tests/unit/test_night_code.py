"""Every file of the program is in the fingerprint of the steps that it can change, or is named."""

from pathlib import Path

import pytest

from pv import resources
from pv.night import code

# What changes no result of a night, with the reason. A folder stands for all its modules.
CHANGES_NO_RESULT = {
    "pv.cli": "the command line",
    "pv.log": "what a night says",
    "pv.dictionary.entities": "the picture of the keys",
    "pv.dictionary.markdown": "the data dictionary for people",
    "pv.dictionary.parquet": "the schema of the Parquet files for people",
    "pv.warehouse.ask": "asks a published snapshot",
    "pv.warehouse.lineage": "the picture of the lineage",
    "pv.backtest": "asks a published history",
    "pv.evaluate": "scores nights of simulated worlds",
    "pv.simulate": "writes simulated files, which come in as files do",
    "pv.sources.claims": "files what a night reads",
    "pv.sources.e2b_ack": "answers a sender; no night does",
    "pv.report.terminal": "the summary of a night on a terminal",
    "pv.report.paper": "published pages as PDF, on request",
    "pv.decisions.chain": "adds rows that persons decided, whose hashes are in the fingerprint",
    "pv.decisions.trail": "records what persons did, which is in the fingerprint",
    "pv.decisions.signals": "adds decisions, which are in the fingerprint",
    "pv.decisions.cells": "cells of files for people",
    "pv.decisions.files": "reads decisions, which are in the fingerprint",
    "pv.decisions.psur": "a table of what was published",
    "pv.decisions.verify": "looks and changes nothing",
    "pv.decisions.words": "lines of a terminal",
    "pv.engine.spark": "makes what DuckDB makes, from the same files",
    "pv.night.acceptance": "records what a person lets in, which is in the fingerprint",
    "pv.night.acknowledge": "answers a sender",
    "pv.night.decisions": "records what a person says of two cases, which is in the fingerprint",
    "pv.night.planning": "which steps are due",
    "pv.night.person": "who gives a command",
    "pv.night.shown": "puts the pages of a snapshot before people",
    "pv.night.check": "looks and changes nothing",
    "pv.night.backup": "copies what is there",
    "pv.night.beginning": "makes a home that is empty",
    "pv.night.doctor": "looks and changes nothing",
    "pv.night.fingerprints": "names results; where it changes, the names do",
    "pv.night.ingest": "files what a night reads",
    "pv.night.trial": "tries a file on a database of its own",
    "pv.night.audit": "looks and changes nothing",
    "pv.night.signals": "records what persons decide, which is in the fingerprint",
    "pv.night.lock": "one night at a time",
    "pv.night.forget": "takes a file out, which is in the fingerprint",
    "pv.night.hooks": "tells how a night ended",
    "pv.night.outcome": "keeps how a night ended",
    "pv.night.retry": "what is tried again",
    "pv.night.schedule": "when the next night is due",
    "pv.night.lot_key": "the key, which no night changes",
    "pv.night.spec": "loads the specification, whose digest is in the fingerprint",
    "pv.night.start": "starts the night",
    "pv.night.stop": "ends a night at a signal",
    "pv.night.what_if": "asks beside the home, with the steps of a night",
    "pv.night.status": "looks and changes nothing",
    "pv.night.step_state": "remembers what is done",
    "pv.night.steps": "the order of the steps",
    "pv.night.memory": "warns, and counts nothing",
    "pv.night.writer": "opens the warehouse",
}
# A statistic that no step imports is computed by none.
LIBRARY = "pv.stats."


def module_of(file: Path) -> str:
    parts = file.relative_to(code.PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def named(module: str) -> str | None:
    """The entry of CHANGES_NO_RESULT that a module falls under."""
    return next((n for n in CHANGES_NO_RESULT if f"{module}.".startswith(f"{n}.")), None)


def test_every_module_is_in_a_step_or_named_and_none_is_both() -> None:
    every = {module_of(file) for file in code.PACKAGE.rglob("*.py")}
    in_a_step = set().union(*(code.modules(step) for step in code.STEPS))

    left = {m for m in every - in_a_step if not m.startswith(LIBRARY)}

    assert {m for m in left if named(m) is None} == set()
    assert {m for m in in_a_step if named(m)} == set()
    assert {named(m) for m in left} == CHANGES_NO_RESULT.keys()


def test_every_sql_file_expectation_and_data_file_is_in_a_step() -> None:
    beside = [*(resources.root() / "sql").rglob("*.sql")]
    beside += (resources.root() / "expectations").rglob("*.json")
    inside = [p for p in code.PACKAGE.rglob("*.*") if not p.suffix.startswith(".py")]
    in_a_step = {file for step in code.STEPS for file in code.files(step).values()}

    assert len(beside) > 50
    left = {file for file in [*beside, *inside] if file not in in_a_step}
    # What these say is in the digest of the specification, and a marker says nothing.
    said = {file for file in inside if file.is_relative_to(code.PACKAGE / "spec")}
    assert left == {*said, code.PACKAGE / "py.typed"}


@pytest.mark.parametrize(
    ("file", "steps"),
    [
        ("pv/sources/faers.py", ["cases"]),  # by the registry, behind the package's __init__
        ("pv/quality/gx.py", ["cases"]),
        ("pv/vocab/data/product.csv", ["cases"]),
        ("expectations/staging.report.json", ["cases"]),
        ("sql/core/counted/case.sql", ["cases"]),
        ("sql/pairs/history/signal_history.sql", ["signals"]),
        ("pv/pairs/history.py", ["signals"]),
        ("pv/rates/onset.py", ["signals"]),
        ("pv/stats/gps.py", ["signals"]),
        ("pv/counts/changes.py", ["signals"]),
        ("pv/warehouse/relations.py", ["cases", "signals", "snapshot"]),
        ("pv/warehouse/publish.py", ["snapshot"]),
        ("pv/engine/dialect.py", ["cases", "signals"]),
        ("sql/audit/rows_add_up.sql", ["snapshot"]),
        ("sql/macros/statistics.sql", ["snapshot"]),
        ("sql/macros/subgroup.sql", ["snapshot"]),
        ("pv/warehouse/kit.py", ["snapshot"]),
        ("sql/macros/reading.sql", ["cases"]),
        ("pv/report/templates/style.css", ["report"]),
        ("pv/report/figures.py", ["report"]),
        ("pv/errors.py", ["cases", "signals", "snapshot", "report"]),
        ("pv/spec/rules/default.toml", []),
    ],
)
def test_a_file_is_in_the_steps_that_it_can_change(file: str, steps: list[str]) -> None:
    assert [step for step in code.STEPS if file in code.files(step)] == steps


def test_imports_are_followed_wherever_they_stand(tmp_path: Path, monkeypatch) -> None:
    package = tmp_path / "pv"
    for name, text in {
        "__init__.py": "",
        "night/__init__.py": "",
        "night/judge.py": "def judge():\n    from pv.pairs import deep as d\n",
        "pairs/__init__.py": "import pv.counts.table",
        "pairs/deep.py": "from . import beside\nfrom .beside import CONSTANT\nimport json",
        "pairs/beside.py": "if True:\n    from ..counts import table\n    import numpy.random",
        "pairs/replay.py": "",
        "pairs/alone.py": "import duckdb",
        "counts/__init__.py": "",
        "counts/table.py": (
            "try:\n    pass\nexcept OSError:\n    import scipy.stats\nfinally:\n    import duckdb\n"
            "match 1:\n    case 1:\n        with open('x'):\n            import splink"
        ),
        "engine/__init__.py": "",
        "engine/dialect.py": "",
    }.items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    monkeypatch.setattr(code, "PACKAGE", package)
    code._imports.cache_clear()

    found, libraries = code.modules("signals"), code.versions("signals")

    code._imports.cache_clear()
    assert found == {
        "pv", "pv.night", "pv.night.judge", "pv.pairs", "pv.pairs.deep", "pv.pairs.beside",
        "pv.pairs.replay", "pv.counts", "pv.counts.table", "pv.engine", "pv.engine.dialect",
    }  # fmt: skip
    assert libraries.keys() == {"python", "numpy", "scipy", "duckdb", "splink"}
