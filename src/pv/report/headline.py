"""A line of the list: one pair, what is known of it tonight, and how urgent it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from pv.report import slugs

PARTS = ("signals", "watch", "listed", "aside", "closed")

# What the levels of METHODS' triage mean, the most urgent first.
PRIORITIES = {
    0: "designated event with a new fatal case or a new case alert",
    1: "designated event",
    2: "important event, confirmed",
    3: "important event with a new fatal case",
    4: "any other event, confirmed",
    5: "a reason for doubt, or of a product outside the scope",
}


@dataclass(frozen=True, slots=True)
class Headline:
    """A line of the list; `part` is one of `PARTS`, `key` joins its rows in the other tables.

    `q` is the q-value by which it is confirmed or not; None for a product outside the scope. What
    is new is counted from the data lock point of the night before: None where there was none.
    """

    key: int
    part: str
    n_part: int
    rank: int | None
    product: str
    atmp_class: str
    platform: str
    event: str
    event_kind: str
    verdict: str
    reasons: list[str]
    n: int
    expected: float
    ic: float
    ic025: float
    ror: float | None
    ror025: float | None
    family: str | None
    p_value: float | None
    q: float | None
    confirmed: bool
    heterogeneous: bool | None
    n_countries: int
    effective_countries: float | None
    top_country: str | None
    top_share: float | None
    loco_fragility: int | None
    any_country_power: float | None
    pool_power: float | None
    first_pooled: date | None
    first_confirmed: date | None
    first_country: date | None
    gain_days: int | None
    gain_censored: bool | None
    designated: bool
    listed: bool
    listing: list[str]
    indication_share: float
    notice_date: date | None
    folded: list[dict[str, Any]]
    rates: list[dict[str, Any]]
    n_last_year: int | None
    n_year_before: int | None
    n_fatal_month: int | None
    new_countries: list[str] | None
    n_serious: int
    n_fatal: int
    n_new: int | None
    n_fatal_new: int | None
    strata: list[str]
    n_alerts: int
    change: str | None
    verdict_before: str | None
    n_before: int | None
    state: str
    outcome: str | None
    decided_on: date | None
    decided_by: str | None
    next_review: date | None
    changed_since: str | None
    returned_because: str | None
    closed: bool
    days_since_review: int | None
    is_due: bool

    @property
    def pair(self) -> tuple[str, str, str]:
        """What tells one pair from another."""
        return self.product, self.event, self.event_kind

    @property
    def page(self) -> str:
        """Where its page lies below the folder of the night."""
        return slugs.headline_page(*self.pair)

    @property
    def pool_rates(self) -> bool:
        """A rate has signalled in the pool and in no country."""
        return any(each["pooled_only"] for each in self.rates)

    @property
    def advanced(self) -> bool:
        """It is of an advanced therapy, or of another product in scope."""
        return self.atmp_class != "none" or self.family is not None

    @property
    def important(self) -> bool:
        """Its error is controlled among the important events."""
        return self.family == "important"

    @property
    def priority(self) -> int | None:
        """Its level, as in `PRIORITIES`; None for what is closed, listed, set aside or watched."""
        if self.closed or self.part in ("listed", "aside"):
            return None
        if self.designated and self.advanced:
            return 0 if self.n_fatal_new or self.n_alerts else 1
        if self.part == "watch":
            return None
        confirmed = self.confirmed or bool(self.rates)
        if self.important and confirmed:
            return 2
        if self.important and self.n_fatal_new:
            return 3
        return 4 if confirmed else 5

    @property
    def place(self) -> tuple[Any, ...]:
        """By what it is sorted: its table, level, pool before country, strength, growth."""
        pool_first = self.verdict not in ("pooled_only", "pooled_first")
        level = 9 if self.priority is None else self.priority
        watched = self.p_value if self.part == "watch" and self.p_value is not None else 0.0
        part = "closed" if self.closed else self.part
        table = 0 if self.priority is not None else PARTS.index(part)
        return (
            not self.advanced, table, level, self.part == "watch" and not self.important,
            pool_first, watched, -self.ic025, -(self.n_new or 0), self.pair,
        )  # fmt: skip
