"""One report in the vocabulary of ICH E2B(R2), from XML or JSON, as rows of text.

FDA's openFDA has the same elements as JSON. Names of people, birth dates, narratives and other free
text are not read.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

Node = Mapping[str, Any]
Row = dict[str, str | None]

# E2B(R2) allows names of some hundred characters.
MAX_TEXT = 1 << 15
MAX_ROWS = 10_000

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
# FDA writes Crohn^s disease in XML and JSON, and Crohn's disease in its ASCII files.
_APOSTROPHE = re.compile(r"(?<=\w)\^(?=[sS]\b)")
# The date formats of the ICH, and how many of the written digits they vouch for.
_DIGITS = {"102": 8, "203": 8, "204": 8, "610": 6, "602": 4}
# FDA's public reports have no other narrative, and no other date of the event.
_EVENT_DATE = re.compile(r"CASE EVENT DATE: (\d{4}(?:\d\d(?:\d\d)?)?)")


class OddReportError(ValueError):
    """A report that has not the shape of one; the text says where, and quotes nothing of it."""


def nodes(parent: Node, name: str) -> Sequence[Node]:
    """The elements of a name, which come alone, as a list, or not at all."""
    found = parent.get(name)
    if found is None or found == "":
        return ()
    several = found if isinstance(found, list) else [found]
    if not all(isinstance(node, Mapping) for node in several):
        raise OddReportError(f"{name} is no object")
    if len(several) > MAX_ROWS:
        raise OddReportError(f"over {MAX_ROWS:,} of {name}")
    return several


def node(parent: Node, name: str) -> Node:
    """The one element of a name; nothing in it where there is none."""
    found = nodes(parent, name)
    if len(found) > 1:
        raise OddReportError(f"{name} is there {len(found)} times")
    return found[0] if found else {}


def text(parent: Node, name: str) -> str | None:
    """The text of an element, without blanks at its ends; null where there is none."""
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
    """A date as the digits that its format vouches for: YYYYMMDD, YYYYMM or YYYY.

    What is no digits stays as written, to be told as unreadable.
    """
    written = text(parent, name)
    digits = _DIGITS.get(text(parent, f"{name}format") or "", 8)
    return written and (written[:digits] if written.isdecimal() else written)
