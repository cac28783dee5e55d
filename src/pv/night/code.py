"""The code of each step: what its modules import, the SQL it runs, the libraries they use.

Imports are read from the source, wherever they stand, and followed: nothing is listed that could
be forgotten but where a step begins.
"""

import ast
import hashlib
import platform
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from pv import resources

PACKAGE = Path(__file__).parents[1]
# Files that a step opens. Others lie in a checkout only: what editors and merges leave behind.
_OPENED = frozenset({".css", ".csv", ".html", ".js", ".json", ".sql", ".svg", ".toml"})
# Its files are in the digest of the specification, by what they say.
_READ_INTO_THE_SPEC = "spec"


@dataclass(frozen=True, slots=True)
class Start:
    """Where the code of a step begins: modules, and files or folders beside the package."""

    modules: tuple[str, ...]
    beside: tuple[str, ...] = ()


STEPS = {
    "cases": Start(
        # A lost warehouse begins with what was kept of it: case_ids.
        ("pv.warehouse.kept", "pv.sources", "pv.quality", "pv.cases", "pv.engine.dialect"),
        (
            "sql/migrations",
            "sql/macros/reading.sql",
            "sql/kept",
            "sql/raw",
            "sql/staging",
            "sql/gate",
            "sql/core",
            "expectations",
        ),
    ),
    "signals": Start(
        ("pv.night.judge", "pv.pairs.replay", "pv.engine.dialect"),
        (
            "sql/count",
            "sql/pairs",
            "sql/rates",
            "sql/audit/permutation_within_expected.sql",
            "sql/audit/state_is_whole.sql",
            "sql/audit/state_is_same.sql",
        ),
    ),
    "snapshot": Start(
        ("pv.night.run", "pv.decisions.status", "pv.warehouse.publish", "pv.warehouse.share"),
        (
            "sql/audit",
            "sql/decisions",
            "sql/former",
            "sql/kept",
            "sql/macros/statistics.sql",
            "sql/macros/pooling.sql",
            "sql/macros/subgroup.sql",
            "sql/share",
            "sql/views",
        ),
    ),
    "report": Start(("pv.report",)),
}


@cache
def digest(step: str) -> str:
    """SHA-256 of the code of one step and of the versions of Python and the libraries it uses."""
    whole = hashlib.sha256(repr(sorted(versions(step).items())).encode())
    for name, file in sorted(files(step).items()):
        whole.update(name.encode())
        whole.update(hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def files(step: str) -> dict[str, Path]:
    """Every file of the code of one step, by a name that is the same in checkout and wheel."""
    start, found = STEPS[step], modules(step)
    inside = [file for file in map(_file, found) if file is not None]
    for room in {name.split(".")[1] for name in found if "." in name} - {_READ_INTO_THE_SPEC}:
        inside += _opened(PACKAGE / room)
    beside = [
        file
        for name in start.beside
        for path in [resources.root() / name]
        for file in (_opened(path) if path.is_dir() else [path])
    ]
    return {
        **{f"pv/{file.relative_to(PACKAGE).as_posix()}": file for file in inside},
        **{file.relative_to(resources.root()).as_posix(): file for file in beside},
    }


def _opened(folder: Path) -> Iterator[Path]:
    """The files below a folder that a step may open."""
    return (file for file in folder.rglob("*.*") if file.suffix in _OPENED)


def modules(step: str) -> set[str]:
    """The modules of `pv` that a step imports, directly or through others."""
    found: set[str] = set()
    ahead = list(STEPS[step].modules)
    while ahead:
        name = ahead.pop()
        if name in found:
            continue
        found.add(name)
        ahead += (n for n in _imports(name) if n.partition(".")[0] == PACKAGE.name)
    return found


def versions(*steps: str) -> dict[str, str]:
    """The versions of Python and of the libraries that the steps (all without one) import."""
    used = {
        name.partition(".")[0]
        for step in steps or STEPS
        for module in modules(step)
        for name in _imports(module)
    }
    libraries = sorted(used - sys.stdlib_module_names - {PACKAGE.name})
    return {"python": platform.python_version(), **{name: version(name) for name in libraries}}


@cache
def _imports(module: str) -> frozenset[str]:
    """What a module of `pv` imports, by full names, with the packages that these lie in."""
    file = _file(module)
    assert file is not None, f"{module} is imported, so it is there"
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    names: set[str] = {package} if package else set()
    for node in _statements(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= set(_taken(node, package))
    return frozenset(parent for name in names for parent in _and_parents(name))


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Every statement, however deep. Expressions hold no imports and are left alone."""
    ahead = [tree]
    while ahead:
        node = ahead.pop()
        yield node
        for block in ("body", "orelse", "finalbody", "handlers", "cases"):
            ahead += getattr(node, block, ())


def _taken(node: ast.ImportFrom, package: str) -> Iterable[str]:
    """The modules behind `from x import a, b`: `x.a` where that is one of ours, else `x`."""
    above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
    origin = ".".join([*above, *filter(None, [node.module])])
    for alias in node.names:
        inner = f"{origin}.{alias.name}"
        yield inner if _file(inner) else origin


def _and_parents(name: str) -> Iterable[str]:
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _file(module: str) -> Path | None:
    """The file of a module of `pv`; None for a name that is none."""
    top, *parts = module.split(".")
    if top != PACKAGE.name:
        return None
    place = PACKAGE.joinpath(*parts)
    for file in (place / "__init__.py", place.with_suffix(".py")):
        if file.is_file():
            return file
    return None
