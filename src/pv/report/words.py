"""How numbers, dates and states read on the page: plain English, the same on every machine."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pv.dictionary.fields.cases import COMPARED

ABSENT = "\u2013"
MINUS = "\u2212"
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


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

# Parts of the name of a platform that are no plain words.
_OF_PLATFORMS = {"aav": "AAV", "hsc": "HSC", "hsv": "HSV", "msc": "MSC", "t": "T", "til": "TIL"}

FAMILIES = {"important": "Important events", "other": "Other events"}
VARIANTS = {
    "as_counted": "Every case",
    "without_possible_duplicates": "Without possible duplicates",
    "without_largest_country": "Without the largest country",
    "before_notice": "Only what was received by the public notice",
    "known_country": "Only cases of a known country",
    "therapeutic_area": "Compared with its therapeutic area, in countries with 500 cases of it",
    "unmasked": "Compared without the cases of other products that list the event",
    "beyond_listed": "Only cases that name an event that the product does not list",
}
SCOPES = {"advanced_therapies": "advanced therapies", "all": "all products"}

ALERT_STATES = {
    "stands": "stands",
    "duplicate": "counted",
    "recoded": "no longer names both",
    "withdrawn": "withdrawn",
}

FILE_STATES = {
    "ok": "ok",
    "loaded": "loaded",
    "failed": "not readable",
    "missing": "missing",
    "superseded": "superseded",
    "same_as": "same as another",
    "unread": "lost, to be read again",
    "held": "held for a person",
}

ROLES = {
    "primary_suspect": "PS",
    "suspect": "S",
    "interacting": "I",
    "concomitant": "C",
    "not_administered": "not given",
}

# What a person has made of a signal (GVP IX).
SIGNAL_STATES = {
    "detected": "detected",
    "validated": "validated",
    "not_validated": "not validated",
    "confirmed": "confirmed",
    "under_assessment": "under assessment",
    "closed": "closed",
}

SIGNAL_OUTCOMES = {
    "identified_risk": "identified risk",
    "potential_risk": "potential risk",
    "already_known": "already known",
    "quality_defect": "quality defect",
    "refuted": "refuted",
    "routine": "routine pharmacovigilance",
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


def platform(name: str) -> str:
    """A platform as people write it: `car_t` is CAR-T, `edited_hsc` edited HSC."""
    if name in {"car_t", "tcr_t"}:
        return name.upper().replace("_", "-")
    return " ".join(_OF_PLATFORMS.get(part, part) for part in name.split("_"))


def listing(words: list[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def options(words: list[str]) -> str:
    """`A`, `A or B`, `A, B, or C`."""
    if len(words) < 3:
        return " or ".join(words)
    return f"{', '.join(words[:-1])}, or {words[-1]}"


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


def pair_of_cases(pair: dict[str, Any]) -> str:
    """Two cases that are linked or possibly one: why, and the weight of each field."""

    def case(prefix: str) -> str:
        country = pair[f"{prefix}country"] or "country unknown"
        source, number = pair[f"{prefix}source"], pair[f"{prefix}source_case_id"]
        return f"{pair[f'{prefix}case_id']} ({source} {number}, {country})"

    standing = "one for counting" if pair["same_group"] else "counted as two"
    said = pair["match_rule"] or "no link"
    if pair["match_probability"] is not None and pair["match_bits"] is not None:
        said += f", probability {pair['match_probability']:.3f}"
    if pair["decision"]:
        said += f", decided: {pair['decision']}"
    weights = ", ".join(
        f"{name} {pair[f'weight_{field}']:+.1f}"
        for field, name in COMPARED.items()
        if pair[f"weight_{field}"]
    )
    return f"{case('')} and {case('other_')}: {standing}; {said}" + (
        f"; bits {pair['match_bits']:+.1f}: {weights}" if weights else ""
    )


# What links two cases, as the page says it.
LINK_RULES = {
    "worldwide_case_id": "worldwide case number",
    "linked_report": "a report that names the other",
    "manufacturer_number": "manufacturer's number",
    "same_content": "same person, day, products and events",
    "confirmed": "a person's word",
    "probable": "evidence",
    "none": "nothing: a person has rejected it",
}


def link_rules(rules: str) -> str:
    """Rules parted by commas, in words."""
    return ", ".join(LINK_RULES.get(rule, rule) for rule in rules.split(", "))
