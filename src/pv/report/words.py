"""How numbers, dates and verdicts read on the page: plain English, the same on every machine."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

ABSENT = "\u2013"
MINUS = "\u2212"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict in words: its name, what it means, and what a person may do about it."""

    key: str
    name: str
    meaning: str
    advice: str


VERDICTS = {
    v.key: v
    for v in (
        Verdict(
            "pooled_only",
            "Pooled only",
            "The countries together flag this pair; no single country does.",
            "Under this rule no country would have raised it from its own reports. Review the "
            "cases of all countries together.",
        ),
        Verdict(
            "country_signal",
            "Country signal",
            "At least one country flags this pair on its own data.",
            "Ask whether the country that flags has reviewed it, and whether the other countries "
            "agree.",
        ),
        Verdict(
            "pooled_heterogeneous",
            "Pooled, countries differ",
            "The countries together flag this pair and none does alone, but they differ from one "
            "another by more than chance explains.",
            "A signal to look at, not noise: ask first what the countries with the excess have in "
            "common.",
        ),
        Verdict(
            "stimulated",
            "Stimulated reporting",
            "The countries together flag this pair, but did not before a public notice about it.",
            "The notice may have brought the reports. Read those received before it, and compare "
            "rates of patients treated.",
        ),
        Verdict(
            "duplicate_sensitive",
            "Rests on duplicates",
            "The countries together flag this pair, but not when cases that look like one person's "
            "are counted once.",
            "Compare the suspected duplicates by their source records before anything else.",
        ),
        Verdict(
            "single_country_driven",
            "Driven by one country",
            "The pool flags the pair, but the cases come almost wholly from one country.",
            "Look for a local cause first: a batch, a registry, a habit of reporting.",
        ),
        Verdict(
            "confounded_by_country",
            "Confounded by country",
            "One table of all countries and the comparison inside the countries disagree.",
            "Not counted as a signal: at least part of what stands out comes from differences "
            "between the countries.",
        ),
        Verdict(
            "not_flagged",
            "Not flagged",
            "The rule holds neither in the pool nor in a country.",
            "This is not evidence of safety: too few cases also give no flag.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class State:
    """What a latency window shows, in words; `mark` tells it apart without colour."""

    key: str
    name: str
    mark: str
    meaning: str


STATES = {
    s.key: s
    for s in (
        State(
            "signal",
            "Signal",
            "\u25cf",
            "More cases than the background explains, under control of the error of many looks.",
        ),
        State(
            "inconclusive",
            "Inconclusive",
            "\u25d0",
            "Watched long enough to see it, yet the cases neither show nor exclude it.",
        ),
        State(
            "excluded",
            "Excluded",
            "\u25cb",
            "A rate ratio of the size asked about is ruled out, but only if at least the share of "
            "events that its reason names is reported. Spontaneous reports seldom are so "
            "complete.",
        ),
        State(
            "not_yet_observable",
            "Not yet observable",
            "\u00b7",
            "Too little person-time, or no background rate: nobody could have seen it yet.",
        ),
    )
}

ATMP_CLASSES = {
    "GTMP": "gene therapy",
    "sCTMP": "somatic cell therapy",
    "TEP": "tissue-engineered product",
    "combined": "combined advanced therapy",
    "none": "other medicine",
}

FILE_STATES = {
    "ok": "ok",
    "loaded": "loaded",
    "failed": "not readable",
    "missing": "missing",
    "superseded": "superseded",
    "same_as": "same as another",
    "unread": "lost, to be read again",
}

COUNTRY_BASES = {
    "occurrence": "country where the event occurred",
    "reporter": "country of the reporter",
    "worldwide_id": "prefix of the worldwide case id",
    "earlier_version": "earlier version of the same case",
    "none": "no country given",
}


def number(value: float | None, decimals: int = 2) -> str:
    """A figure with a true minus sign; a dash where it is absent or undefined.

    A positive figure too small for the decimals reads `<0.01`, never 0.00.
    """
    if value is None or math.isnan(value):
        return ABSENT
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if 0 < value < 10**-decimals / 2:
        return f"<{10**-decimals:.{decimals}f}"
    text = f"{value:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        return text.lstrip("-")
    return text.replace("-", MINUS)


def whole(value: float | None) -> str:
    """A count with thousands separated; a dash where it is absent."""
    return number(value, 0)


def percent(share: float | None) -> str:
    """A share as a whole percentage; a dash where it is absent."""
    return ABSENT if share is None else f"{100 * share:.0f}%"


def chance(probability: float | None) -> str:
    """A probability as a percentage that never claims certainty: `<1%`, `>99%`, 0 as 0%."""
    if probability is None:
        return ABSENT
    if 0 < probability < 0.01:
        return "<1%"
    return ">99%" if probability > 0.99 else f"{math.floor(100 * probability)}%"


def day(value: date) -> str:
    """A date as `31 December 2024`, whatever the machine's locale."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 case`, `2 cases`, `1,000 countries`."""
    return f"{whole(count)} {one if count == 1 else many or one + 's'}"


def listing(words: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def facts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """JSON of any depth as (dotted name, text) lines, so that nothing of it stays hidden."""
    if isinstance(value, Mapping) and value:
        for key in sorted(value):
            yield from facts(value[key], f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for place, item in enumerate(value, start=1):
            yield from facts(item, f"{name} {place}".strip())
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
