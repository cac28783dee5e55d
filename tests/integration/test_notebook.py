"""The notebook of docs is a valid one, and runs on the demonstration from its first cell on."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebook.ipynb"
CELLS: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]


def test_the_notebook_is_of_format_4_5_without_what_a_run_left_in_it() -> None:
    """As the schema of nbformat asks: exactly these keys, and each cell its own id."""
    said = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    of_code = {"cell_type", "id", "metadata", "source", "execution_count", "outputs"}
    keys = {"code": of_code, "markdown": {"cell_type", "id", "metadata", "source"}}

    assert said.keys() == {"cells", "metadata", "nbformat", "nbformat_minor"}
    assert (said["nbformat"], said["nbformat_minor"]) == (4, 5)
    assert said["metadata"]["kernelspec"]["name"] == "python3"
    assert said["metadata"]["language_info"] == {"name": "python"}
    for cell in CELLS:
        assert cell.keys() == keys[cell["cell_type"]]
        assert re.fullmatch(r"[a-zA-Z0-9-_]{1,64}", cell["id"])
        assert all(isinstance(line, str) for line in cell["source"])
        if cell["cell_type"] == "code":
            assert (cell["execution_count"], cell["outputs"]) == (None, [])
    assert len({cell["id"] for cell in CELLS}) == len(CELLS)


def test_every_cell_of_the_notebook_runs_and_shows_something(
    demonstration: tuple[Path, dict[str, Any], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one namespace and from the folder of the home; the last expression of a cell is shown."""
    monkeypatch.chdir(demonstration[0].parent)
    monkeypatch.setenv("MPLBACKEND", "agg")
    import matplotlib.pyplot as plt

    namespace: dict[str, Any] = {}
    shown: list[str] = []
    for cell in CELLS:
        if cell["cell_type"] == "code":
            module = ast.parse("".join(cell["source"]), filename=cell["id"])
            last = module.body[-1]
            if isinstance(last, ast.Expr):
                module.body.pop()
                exec(compile(module, cell["id"], "exec"), namespace)  # noqa: S102 - our own
                value = eval(compile(ast.Expression(last.value), cell["id"], "eval"), namespace)  # noqa: S307
                shown.append(repr(value))
            else:
                exec(compile(module, cell["id"], "exec"), namespace)  # noqa: S102 - our own

    figure = plt.figure(plt.get_fignums()[-1])
    (axes,) = figure.axes
    assert namespace["product"] in axes.get_title()
    assert len(axes.get_yticks()) == namespace["shown"].height > 2
    assert sum("shape: (" in text for text in shown) >= 5
    plt.close("all")
