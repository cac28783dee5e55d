"""Sentences of many rows at once, from one template and columns of values."""

from collections.abc import Mapping
from string import Formatter
from typing import Any

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Text = NDArray[np.object_]


def where(chosen: Mask, text: Text) -> Text:
    """The texts that are chosen; empty else."""
    return np.where(chosen, text, "")


def say(template: str, **columns: NDArray[Any]) -> Text:
    """The template with the values of each row in place, as `str.format` would do for one."""
    said: Any = np.array("", dtype=str)
    for literal, name, spec, _ in Formatter().parse(template):
        said = np.strings.add(said, literal)
        if name is not None:
            values = columns[name]
            text = np.char.mod(f"%{spec}", values) if spec else values.astype(str)
            said = np.strings.add(said, text)
    return said.astype(object)


def as_json(evidence: Mapping[str, NDArray[Any]]) -> Text:
    """The figures of each row as a JSON object."""
    figures = {name: np.where(np.isnan(v), "null", v.astype(str)) for name, v in evidence.items()}
    body = ", ".join(f'"{name}": {{{name}}}' for name in figures)
    return say("{{" + body + "}}", **figures)
