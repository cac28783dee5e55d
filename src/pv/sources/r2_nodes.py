"""What is below an element of E2B(R2), whether XML or JSON had it: elements and texts by name."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]

# E2B(R2) allows names of some hundred characters, and no patient has so many drugs.
MAX_TEXT = 1 << 15
MAX_NODES = 10_000

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
# FDA writes Crohn^s disease in XML and JSON, and Crohn's disease in its ASCII files.
_APOSTROPHE = re.compile(r"(?<=\w)\^(?=[sS]\b)")
# The date formats of the ICH: how many of the digits that are written a format vouches for.
_DIGITS = {"102": 8, "203": 12, "204": 14, "610": 6, "602": 4}


class OddReportError(ValueError):
    """A report that has not the shape of one; the text says where, and quotes nothing of it."""

    def __init__(self, what: str, rule: str = "odd_report") -> None:
        super().__init__(what)
        self.rule = rule


def nodes(parent: Node, name: str) -> Sequence[Node]:
    """The elements of a name, which come alone, as a list, or not at all."""
    found = parent.get(name)
    several = [n for n in (found if isinstance(found, list) else [found]) if n not in (None, "")]
    if not all(isinstance(n, Mapping) for n in several):
        raise OddReportError(f"{name} is no object")
    if len(several) > MAX_NODES:
        raise OddReportError(f"over {MAX_NODES:,} of {name}")
    return several


def node(parent: Node, name: str) -> Node:
    """The one element of a name; nothing in it where there is none."""
    found = nodes(parent, name)
    if len(found) > 1:
        raise OddReportError(f"{len(found)} of {name}")
    return found[0] if found else {}


def text(parent: Node, name: str) -> str | None:
    """The text of an element, without blanks at its ends; None where there is none."""
    found = parent.get(name)
    if found is None:
        return None
    if not isinstance(found, str):
        raise OddReportError(f"{name} is no text")
    if len(found) > MAX_TEXT:
        raise OddReportError(f"{name} is longer than {MAX_TEXT:,} characters")
    if not found.isprintable():
        found = _UNPRINTABLE.sub(" ", found)
    if "^" in found:
        found = _APOSTROPHE.sub("'", found)
    return found.strip() or None


def day(parent: Node, name: str) -> str | None:
    """A date as far as its format vouches for it; what is no digits stays as it is written."""
    written = text(parent, name)
    digits = _DIGITS.get(text(parent, f"{name}format") or "", 14)
    return written[:digits] if written and written.isdecimal() else written
