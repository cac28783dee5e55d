"""The field's statistics as pure functions on NumPy arrays: NumPy and SciPy only.

``from pv import stats; stats.prr(41, 14, 754, 591_958)``: ``dir(stats)`` lists the names, each of
which is explained with an example in docs/statistics.md.

One convention holds everywhere. Arrays broadcast and scalars give scalars. Where cases are split
over strata these are the last axis, and the result has the axes before it. Data come by position,
what is chosen for a design (a level, a critical value, a method) by keyword. Bad input raises
``ValueError`` naming the argument; ``nan`` means "undefined". A result has named fields, unpacks in
their order, and ``as_dict`` gives the columns of a data frame.

The names stand once, as imports in the stub beside this file; each is imported when it is first
asked for. So who imports one module has that module alone, in time and in the digest of its code.
"""

import ast
from importlib import import_module
from pathlib import Path
from typing import Any

_STUB = ast.parse(Path(__file__).with_suffix(".pyi").read_bytes())
# The module and the name there of each public name; without a module, the name is a module's.
_HOME = {
    alias.asname or alias.name: (node.module, alias.name)
    for node in _STUB.body
    if isinstance(node, ast.ImportFrom)
    for alias in node.names
}

__all__ = list(_HOME)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, there = _HOME[name]
    if module is None:
        found = import_module(f"{__name__}.{there}")
    else:
        found = getattr(import_module(f"{__name__}.{module}"), there)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
