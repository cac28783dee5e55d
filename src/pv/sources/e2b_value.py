"""Values of E2B(R3): what an element says, in which code, and why it says nothing."""

import re

from pv.sources.e2b_codes import NS
from pv.sources.icsr import NULL_FLAVOR, UNREADABLE, cell
from pv.sources.xml import Element

Key = tuple[str | None, str | None]

_FLAVOR = re.compile(r"[A-Z]{2,4}")


def value(element: Element | None, attribute: str = "value") -> str | None:
    """The attribute of an element, why it has none, or None where there is no element."""
    if element is None:
        return None
    return cell(element.get(attribute)) or _null(element)


def code(element: Element | None, system: str) -> str | None:
    """The code of an element, unreadable where it is one of another system."""
    found = value(element, "code")
    if element is None or found is None or found.startswith(NULL_FLAVOR):
        return found
    return found if element.get("codeSystem") == system else UNREADABLE


def text(element: Element | None) -> str | None:
    """What is written in an element, or why there is nothing."""
    if element is None:
        return None
    return cell("".join(element.itertext())) or _null(element)


def _null(element: Element) -> str | None:
    flavor = element.get("nullFlavor") or ""
    return f"{NULL_FLAVOR}{flavor}" if _FLAVOR.fullmatch(flavor) else None


def key(element: Element) -> Key:
    """System and code of what an element is about, by its `code`."""
    found = element.find(f"{NS}code")
    return (None, None) if found is None else (found.get("codeSystem"), found.get("code"))


def path(names: str) -> str:
    """The path of the names, parted by /, each in the namespace of HL7."""
    return "/".join(f"{NS}{name}" for name in names.split("/"))


def begin(time: Element | None) -> str | None:
    """The begin of an interval, also of one inside of a set expression."""
    if time is None:
        return None
    found = (value(low) for low in time.iter(f"{NS}low"))
    return next((first for first in found if first), value(time))


def end(time: Element | None) -> str | None:
    """The end of an interval, also of one inside of a set expression."""
    found = () if time is None else (value(high) for high in time.iter(f"{NS}high"))
    return next((last for last in found if last), None)
