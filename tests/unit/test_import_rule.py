"""The import rule of ARCHITECTURE.md: who may know whom, read from the imports themselves."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]

# Each room of the house with the other rooms of pv that it may import, and why.
MAY_KNOW: dict[str, set[str]] = {
    # Know only themselves: everything else rests on them.
    "errors": set(),
    "resources": set(),
    "child": set(),
    "dictionary": set(),
    "stats": set(),
    # Their errors are a user's errors.
    "faults": {"errors"},
    "log": {"faults"},
    "settings": {"errors"},
    "vocab": {"errors"},
    # Writes agencies' files: what it knew of the readers it could not test.
    "simulate": set(),
    # Makes the dictionary's tables, runs its SQL.
    "warehouse": {"dictionary", "errors", "faults", "resources"},
    # Runs the warehouse's counting files on Spark.
    "engine": {"dictionary", "errors", "warehouse"},
    # Format to staging tables of the dictionary, in the warehouse's transactions; files are read
    # in children.
    "sources": {"child", "dictionary", "errors", "resources", "warehouse"},
    # Suites are made from the dictionary.
    "quality": {"dictionary", "errors", "resources", "warehouse"},
    # Codes products, events and countries with the vocabulary; the specification says when two
    # cases are one.
    "cases": {"dictionary", "errors", "resources", "spec", "vocab", "warehouse"},
    # What is asked: rule, windows, retention, sequential design, linkage weights.
    "spec": {"errors", "stats"},
    # Counts of one look, and look by look.
    "counts": {"resources", "warehouse"},
    # Counts to statistics to verdicts.
    "pairs": {"counts", "dictionary", "errors", "resources", "spec", "stats", "warehouse"},
    # Person-time, expected and observed cases, sequential tests.
    "rates": {"counts", "errors", "spec", "stats", "warehouse"},
    # What persons decided, and where each signal stands.
    "decisions": {"dictionary", "errors", "warehouse"},
    # Judges simulated worlds by the code that judges a night.
    "evaluate": {
        "cases", "dictionary", "errors", "night", "pairs", "rates", "simulate", "sources", "spec",
        "stats", "warehouse",
    },
    # Reads the published snapshot, and nothing of the code that made it but what verdicts mean.
    "report": {"dictionary", "errors"},
    # Asks a published history, and what its verdicts mean.
    "backtest": {"dictionary", "errors"},
    # On top: they put the rooms in order.
    "night": {
        "cases", "child", "counts", "decisions", "dictionary", "engine", "errors", "faults", "log",
        "pairs", "quality", "rates", "report", "resources", "settings", "sources", "spec", "vocab",
        "warehouse",
    },
    "flows": {"faults", "log", "night", "settings", "spec"},
    "cli": {
        "backtest", "decisions", "dictionary", "errors", "evaluate", "faults", "log", "night",
        "report", "resources", "settings", "simulate", "warehouse",
    },
}  # fmt: skip

# Libraries outside the standard one; a room that is not named may use any.
MAY_USE: dict[str, set[str]] = {
    "errors": set(),
    "child": set(),
    "dictionary": set(),
    "resources": set(),
    "stats": {"numpy", "scipy"},
}

HEAVY = ("great_expectations", "prefect", "matplotlib", "polars", "scipy", "duckdb", "numpy")


def crossings(module: str, source: str) -> list[str]:
    """What `source`, the text of `module` (e.g. `pv.stats.gps`), imports and may not."""
    parts = module.split(".")
    room = parts[1] if parts[0] == "pv" and len(parts) > 1 else parts[0]
    allowed = {room, *MAY_KNOW.get(room, set())}
    found: list[str] = []
    for name in sorted(_imported(parts, ast.parse(source))):
        top, _, rest = name.partition(".")
        inside = rest.partition(".")[0]
        if top == "pv":
            if inside and inside not in allowed:
                found.append(f"{module} imports {name}")
        elif top not in sys.stdlib_module_names and top not in MAY_USE.get(room, {top}):
            found.append(f"{module} imports {name}")
    return found


def _imported(module: list[str], tree: ast.Module) -> set[str]:
    """Every module that is named in an import, wherever it stands; `pv` with what is taken
    from it."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            origin = ".".join([*module[: -node.level], node.module or ""]).strip(".")
            base = origin if node.level else node.module or ""
            taken = {alias.name for alias in node.names if alias.name in MAY_KNOW}
            names |= {f"pv.{name}" for name in taken} if base == "pv" else {base}
    return names


def _modules() -> list[tuple[str, Path]]:
    source, flows = CHECKOUT / "src", CHECKOUT / "flows"
    own = [(p.relative_to(source).with_suffix(""), p) for p in source.rglob("*.py")]
    top = [(p.relative_to(CHECKOUT).with_suffix(""), p) for p in flows.rglob("*.py")]
    return sorted((".".join(name.parts), path) for name, path in own + top)


def test_no_module_crosses_a_boundary() -> None:
    found = [c for name, path in _modules() for c in crossings(name, path.read_text("utf-8"))]

    assert found == []


def test_every_room_of_the_house_has_its_row() -> None:
    rooms = {name.split(".")[1] for name, _ in _modules() if name.startswith("pv.")}

    assert rooms - {"__init__"} == MAY_KNOW.keys() - {"flows"}


@pytest.mark.parametrize(
    ("module", "source", "crossing"),
    [
        ("pv.stats.gps", "import pv.spec.rule", "pv.spec.rule"),
        ("pv.stats.gps", "from pv import errors", "pv.errors"),
        ("pv.stats.gps", "import polars as pl", "polars"),
        ("pv.stats.gps", "def f():\n    import duckdb", "duckdb"),
        ("pv.stats.gps", "from ..vocab import text", "pv.vocab"),
        ("pv.dictionary.ddl", "from pv.settings import Home", "pv.settings"),
        ("pv.report.page", "if True:\n    from pv.night.judge import judge", "pv.night.judge"),
        ("pv.sources.faers", "from pv.night.steps import load", "pv.night.steps"),
        ("pv.cases.build", "from pv import cli, resources", "pv.cli"),
        ("flows.nightly", "from pv.stats import poisson", "pv.stats"),
    ],
)
def test_a_planted_crossing_is_caught(module: str, source: str, crossing: str) -> None:
    assert crossings(module, source) == [f"{module} imports {crossing}"]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("pv.stats.gps", "import math\nimport scipy.special\nfrom pv.stats import _validate"),
        ("pv.stats.gps", "from . import _validate\nfrom ._result import FloatArray"),
        ("pv.cases.build", "from pv import __version__\nfrom pv.warehouse.relations import put"),
        ("flows.on_prefect", "from prefect import flow\nfrom pv import night"),
    ],
)
def test_what_a_room_may_know_passes(module: str, source: str) -> None:
    assert crossings(module, source) == []


def test_only_the_flows_of_a_prefect_server_import_prefect() -> None:
    users = [
        name
        for name, path in _modules()
        if any(
            n.partition(".")[0] == "prefect"
            for n in _imported(name.split("."), ast.parse(path.read_text("utf-8")))
        )
    ]

    assert users == ["flows.on_prefect"]


def test_the_command_line_answers_without_loading_a_heavy_library() -> None:
    script = f"import sys, pv.cli; print([m for m in {HEAVY} if m in sys.modules])"

    shown = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert shown.stdout.strip() == "[]"
