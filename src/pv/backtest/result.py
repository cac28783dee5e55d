"""What a backtest found: dates, gains, and the share seen before the regulator. No effects."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from pv.backtest.looks import Looks, Seen
from pv.backtest.truth import Known


@dataclass(frozen=True, slots=True)
class Gain:
    """Days from the pool's date to the first country's: `at_least` where none has flagged yet."""

    days: int
    at_least: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A known pair or a control, and what the looks up to `last` said of it."""

    known: Known
    seen: Seen
    last: date

    @property
    def product(self) -> str:
        """Its name in the data, else as the truth writes it."""
        return self.seen.product or self.known.product

    @property
    def event(self) -> str:
        """Its name in the data, else as the truth writes it."""
        return self.seen.event or self.known.event

    @property
    def gain(self) -> Gain | None:
        """What the pool's first confirmed look is ahead of the first country (below 0: behind)."""
        return self._ahead(self.seen.confirmed)

    @property
    def watch_gain(self) -> Gain | None:
        """The same of the first look at which the pool watched it."""
        return self._ahead(self.seen.watch)

    @property
    def regulator(self) -> date | None:
        """The first day of the regulator's date."""
        return self.known.day

    @property
    def flagged(self) -> date | None:
        """The first look at which anything flagged: the pool on known countries, or a country."""
        said = [day for day in (self.seen.watch, self.seen.country) if day]
        return min(said, default=None)

    def _ahead(self, pool: date | None) -> Gain | None:
        if pool is None:
            return None
        return Gain(((self.seen.country or self.last) - pool).days, self.seen.country is None)

    def as_json(self) -> dict[str, Any]:
        """Everything that is known of it, with plain dates."""
        return {
            **asdict(self.known),
            "in_data": {"product": self.seen.product, "event": self.seen.event,
                        "event_kind": self.seen.event_kind, "in_scope": not self.seen.outside},
            "cases": self.seen.n,
            "cases_without_country": self.seen.n_unknown,
            "first_pool": _text(self.seen.pool),
            "first_watch": _text(self.seen.watch),
            "first_confirmed": _text(self.seen.confirmed),
            "first_country": _text(self.seen.country),
            "countries": list(self.seen.countries),
            "first_confirmed_by_any": _text(self.seen.confirmed_by_any),
            "gain": _said(self.gain),
            "watch_gain": _said(self.watch_gain),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backtest:
    """Known pairs and controls against the looks of a history, in the order of the truth."""

    made_by: str
    looks: int
    first: date
    last: date
    found: tuple[Found, ...]

    @classmethod
    def of(cls, known: Sequence[Known], looks: Looks) -> "Backtest":
        """Join the truth with what the looks said, which is in its order."""
        pairs = zip(known, looks.seen, strict=True)
        return cls(
            looks.made_by, looks.looks, looks.first, looks.last,
            tuple(Found(each, seen, looks.last) for each, seen in pairs),
        )  # fmt: skip

    def of_kind(self, *kinds: str) -> tuple[Found, ...]:
        """The pairs of some kinds of the truth."""
        return tuple(each for each in self.found if each.known.kind in kinds)

    def counts(self) -> dict[str, int]:
        """How many known pairs were seen, and when; how many controls were, and should not be."""
        said: Counter[str] = Counter()
        for each in self.of_kind("positive"):
            seen, day = each.seen, each.regulator
            said["positive"] += 1
            said["positive_watched"] += seen.watch is not None
            said["positive_confirmed"] += seen.confirmed is not None
            said["watched_before_country"] += _before(seen.watch, seen.country or date.max)
            said["confirmed_before_country"] += _before(seen.confirmed, seen.country or date.max)
            if day is not None:
                said["dated"] += 1
                said["watched_before_regulator"] += _before(seen.watch, day)
                said["confirmed_before_regulator"] += _before(seen.confirmed, day)
                said["country_before_regulator"] += _before(seen.country, day)
        for kind in ("control", "weak_control"):
            for each in self.of_kind(kind):
                said[kind] += 1
                said[f"{kind}_flagged"] += each.flagged is not None
                said[f"{kind}_confirmed"] += each.seen.confirmed_by_any is not None
        return {name: said[name] for name in _COUNTS}

    def missing(self) -> list[str]:
        """Products and events of the truth that the data do not name, in the order of the truth."""
        names = [each.known.product for each in self.found if each.seen.product is None]
        names += [each.known.event for each in self.found if each.seen.event is None]
        return list(dict.fromkeys(names))

    def outside(self) -> list[str]:
        """Products of flagged pairs that are outside the rule's scope: nothing confirms them."""
        return list(dict.fromkeys(each.product for each in self.found if each.seen.outside))

    def as_json(self) -> dict[str, Any]:
        """Everything, for the last line of `--json`."""
        return {
            "made_by": self.made_by,
            "looks": self.looks,
            "first_look": str(self.first),
            "last_look": str(self.last),
            "counts": self.counts(),
            "missing": self.missing(),
            "outside_scope": self.outside(),
            "pairs": [each.as_json() for each in self.found],
        }


_COUNTS = (
    "positive", "positive_watched", "positive_confirmed", "watched_before_country",
    "confirmed_before_country", "dated", "watched_before_regulator", "confirmed_before_regulator",
    "country_before_regulator", "control", "control_flagged", "control_confirmed", "weak_control",
    "weak_control_flagged", "weak_control_confirmed",
)  # fmt: skip


def _before(day: date | None, other: date) -> bool:
    return day is not None and day < other


def _text(day: date | None) -> str | None:
    return None if day is None else str(day)


def _said(gain: Gain | None) -> dict[str, Any] | None:
    return None if gain is None else asdict(gain)
