"""The truth to test against: known pairs with the day of the regulator, and controls."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pv.errors import UsageError, shortened

# A weak control is one that the regulators do not name and of which there are doubts.
KINDS = ("positive", "control", "weak_control")
EVENT_KINDS = ("event", "event_group")
_REQUIRED = ("product", "event", "kind")
_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)
# What a night says of a pair that is a harm: its simulated truth is a known pair.
_OF_A_HARM = frozenset({"pooled_only", "pooled_first", "country_signal"})


@dataclass(frozen=True, slots=True)
class Known:
    """A pair of which the truth is known, and the regulators' earliest date of it.

    `event_kind` None is whichever the data have. `regulator_date` is as written: a
    day, a month or a year.
    """

    product: str
    event: str
    event_kind: str | None
    kind: str
    regulator_date: str | None = None
    authority: str | None = None

    @property
    def day(self) -> date | None:
        """The first day of the date: who was before it was before the regulator."""
        return _first_day(self.regulator_date) if self.regulator_date else None


def read(path: Path) -> tuple[Known, ...]:
    """The known pairs of a CSV (docs/backtest.md), or of the truth.json of simulated files.

    Several rows may speak of one pair: the earliest date counts. In the order of the file.

    Raises `UsageError` naming the file, the line and what is wrong there.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"{path}: {said}; name a CSV or the truth.json of a simulation") from error
    found = _of_json(path, text) if path.suffix == ".json" else _of_csv(path, text)
    pairs: dict[tuple[str, str, str | None], Known] = {}
    for place, row in found:
        key = (row.product.lower(), row.event.lower(), row.event_kind)
        before = pairs.get(key)
        if before is not None and before.kind != row.kind:
            raise UsageError(
                f"{place}: {row.product} / {row.event} is {row.kind} here and {before.kind} "
                "before; give a pair one kind"
            )
        if before is None or (row.day or date.max) < (before.day or date.max):
            pairs[key] = row
    if not pairs:
        raise UsageError(f"{path}: no pair in it; see docs/backtest.md")
    return tuple(pairs.values())


def _of_csv(path: Path, text: str) -> Iterator[tuple[str, Known]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in _REQUIRED if name not in (reader.fieldnames or ())]
    if missing:
        raise UsageError(
            f"{path}:1: no column {missing[0]!r}; it needs {', '.join(_REQUIRED)} and may have "
            "event_kind, date, authority"
        )
    try:
        for row in reader:
            yield _known(f"{path}:{reader.line_num}", row)
    except csv.Error as error:
        raise UsageError(f"{path}:{reader.line_num}: not CSV ({error})") from error


def _known(place: str, row: Mapping[str, str | None]) -> tuple[str, Known]:
    def value(name: str) -> str | None:
        return " ".join((row.get(name) or "").split()) or None

    def one_of(name: str, allowed: tuple[str, ...], text: str | None) -> None:
        if text not in allowed:
            said = "empty" if text is None else repr(shortened(text, 40))
            raise UsageError(f"{place}: {name} is {said}; give one of {', '.join(allowed)}")

    product, event, kind = (value(name) for name in _REQUIRED)
    if product is None or event is None:
        raise UsageError(f"{place}: a row needs a product and an event")
    one_of("kind", KINDS, kind)
    event_kind, day = value("event_kind"), value("date")
    if event_kind is not None:
        one_of("event_kind", EVENT_KINDS, event_kind)
    if day is not None and _first_day(day) is None:
        raise UsageError(
            f"{place}: date {shortened(day, 40)!r} is none; give YYYY-MM-DD, YYYY-MM or YYYY"
        )
    assert kind is not None, "it is one of KINDS"
    return place, Known(product, event, event_kind, kind, day, value("authority"))


def _of_json(path: Path, text: str) -> Iterator[tuple[str, Known]]:
    """Of a demonstration (many pairs) or of a scenario (one): harms, and what is none. A listed
    reaction of a product is neither."""
    try:
        said: Any = json.loads(text)
        for pair in said.get("pairs", [said]):
            if pair.get("kind") == "labelled":
                continue
            expected = {pair.get("expected_verdict"), *pair.get("expected_verdicts", ())}
            kind = "positive" if expected & _OF_A_HARM else "control"
            yield str(path), Known(pair["product"], pair["event"], "event", kind)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise UsageError(f"{path}: not the truth.json of a simulation ({error})") from error


def _first_day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return None
