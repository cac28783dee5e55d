"""The days of a case: administration, onset, first receipt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.catalogue import THERAPIES
from pv.simulate.world.follow_up import FollowUp, follow_up
from pv.simulate.world.placement import Placement
from pv.simulate.world.plan import Plan, PlantedPair
from pv.simulate.world.quarters import Quarter

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Medians in days and sigmas of the lognormal times, where no event of the case is planned.
MEDIAN_TO_ONSET, SIGMA_TO_ONSET = 20, 1.4
MEDIAN_TO_RECEIPT, SIGMA_TO_RECEIPT = 40, 1.0
# Sigma of the time to onset of listed reactions and planted harm, about their own medians.
KNOWN_SIGMA = 0.6
LONGEST_TO_ONSET, LONGEST_TO_RECEIPT = 3_000, 1_000
# Times are drawn anew until the report falls into the quarters: that often at the most.
ROUNDS = 500
# Histories drawn for a planted pair, of which its cases take evenly spaced ones.
HISTORIES = 2_000


@dataclass(frozen=True)
class Calendar:
    """When reports may come, in days since 1970.

    Attributes:
        quarters: the quarters of all reports, in order and without a gap.
        masked: countries that the agency does not show from `masked_since` on; a planted pair with
            a joint case there is complete before. None where all are shown.
        notice: the day of the notice on the pairs that have one.
    """

    quarters: tuple[Quarter, ...]
    masked: Flags | None = None
    masked_since: int = 0
    notice: int | None = None


@dataclass(frozen=True)
class Days:
    """Days (since 1970) of N cases.

    Attributes:
        quarter: index of the quarter of the first receipt.
        receipt: first receipt.
        stated_onset: onset of the reactions as the agency shows it, padded when only the month or
            the year is known.
        administered: administration of the primary suspect.
    """

    quarter: Ints
    receipt: Ints
    stated_onset: Ints
    administered: Ints


@dataclass(frozen=True)
class Histories:
    """Treatment, onset and first receipt of M patients, days since 1970."""

    treated: Ints
    onset: Ints
    receipt: Ints

    def take(self, which: Ints) -> "Histories":
        """Those at some places."""
        return Histories(self.treated[which], self.onset[which], self.receipt[which])


@dataclass(frozen=True)
class Latency:
    """How long after the treatment the events of M patients come.

    Attributes:
        median_days, sigma: of a lognormal time.
        any_time: the therapy does not cause the event, which comes at any time alike.
    """

    median_days: Floats
    sigma: Floats
    any_time: Flags

    def of(self, which: Ints) -> "Latency":
        """Those at some places."""
        return Latency(self.median_days[which], self.sigma[which], self.any_time[which])

    def draw(self, followed: FollowUp, rng: np.random.Generator) -> Floats:
        """A time in days for each."""
        size = self.any_time.size
        caused = rng.lognormal(np.log(self.median_days), self.sigma)
        return np.where(self.any_time, followed.any_time(size, rng), caused)


def draw_receipts(quarters: tuple[Quarter, ...], cases: int, rng: np.random.Generator) -> Ints:
    """Days of first receipt, ascending, even over the quarters' days."""
    days = np.concatenate([each.day_number + np.arange(each.days) for each in quarters])
    return days[np.sort(rng.integers(0, days.size, cases))]


def draw_days(
    receipt: Ints, plan: Plan, placed: Placement, calendar: Calendar, rng: np.random.Generator
) -> Days:
    """Receipt, onset and administration of every case.

    Cases without a therapy are counted back from their `receipt` (N). Those of a therapy begin with
    a treatment in the quarters and are received when their event has come.
    """
    quarters = calendar.quarters
    told = receipt - _to_receipt(receipt.size, rng)
    since = np.minimum(rng.lognormal(np.log(MEDIAN_TO_ONSET), SIGMA_TO_ONSET, receipt.size),
                       LONGEST_TO_ONSET)  # fmt: skip
    found = Histories(told - since.astype(np.int64), told, receipt.copy())
    latency = _latency(placed)
    for product, therapy in enumerate(THERAPIES):
        takers = np.flatnonzero(placed.product == product)
        followed = follow_up(quarters, therapy.yearly_survival)
        _set(found, takers, observe(followed, latency.of(takers), followed.end, rng))
    for pair, joint in zip(plan.pairs, placed.joint, strict=True):
        followed = follow_up(quarters, THERAPIES[pair.product].yearly_survival)
        _set(found, joint, _in_sequence(pair, followed, calendar, rng))
    starts = np.array([each.day_number for each in quarters])
    stated = _stated(found.onset, rng)
    exact = [joint for pair, joint in zip(plan.pairs, placed.joint, strict=True) if pair.twice]
    for joint in exact:
        stated[joint] = unpadded(found.onset[joint])
    return Days(
        np.searchsorted(starts, found.receipt, side="right") - 1,
        found.receipt,
        stated,
        found.treated,
    )


def observe(followed: FollowUp, latency: Latency, end: int, rng: np.random.Generator) -> Histories:
    """Histories of patients whose event is received before `end`.

    They are drawn anew until it is, so that early treatments and short times are among them as
    often as they are among the reports that an agency has by then.
    """
    size = latency.any_time.size
    found = Histories(*(np.full(size, followed.first_day) for _ in range(3)))
    open_ = np.arange(size)
    for _ in range(ROUNDS):
        if not open_.size:
            break
        treated = followed.treatment_days(open_.size, rng)
        # A time beyond every end is cut, which leaves it beyond.
        since = np.minimum(latency.of(open_).draw(followed, rng), end)
        onset = treated + since.astype(np.int64)
        receipt = onset + _to_receipt(open_.size, rng)
        done = receipt < end
        _set(found, open_[done], Histories(treated, onset, receipt).take(np.flatnonzero(done)))
        open_ = open_[~done]
    return found


def unpadded(onset: Ints) -> Ints:
    """Onsets that are stated to the day: FAERS shows one on the first of a month as one known to
    the month only, so that those are told as of the second."""
    first_of_month = onset.astype("datetime64[D]").astype("datetime64[M]")
    return onset + (first_of_month.astype("datetime64[D]").astype(np.int64) == onset)


def _latency(placed: Placement) -> Latency:
    """The latency of every case: of its earliest listed reaction, or of an event by chance."""
    n = placed.product.size
    median = np.full(n, np.inf)
    np.minimum.at(median, placed.labelled.case, placed.labelled.median_days)
    known = np.isfinite(median)
    any_time = np.zeros(n, dtype=bool)
    any_time[placed.planted_case] = True
    return Latency(
        np.where(known, median, MEDIAN_TO_ONSET),
        np.where(known, KNOWN_SIGMA, SIGMA_TO_ONSET),
        any_time,
    )


def _in_sequence(
    pair: PlantedPair, followed: FollowUp, calendar: Calendar, rng: np.random.Generator
) -> Histories:
    """Histories of a pair's joint cases, evenly spaced among many drawn, in order of receipt."""
    latency = Latency(
        np.full(HISTORIES, pair.latency_days or 1.0),
        np.full(HISTORIES, KNOWN_SIGMA),
        np.full(HISTORIES, pair.latency_days is None),
    )
    masked = calendar.masked is not None and calendar.masked[pair.sequence].any()
    end = calendar.masked_since if masked else followed.end
    drawn = observe(followed, latency, end, rng)
    drawn = drawn.take(np.argsort(drawn.receipt, kind="stable"))
    n = pair.sequence.size
    if pair.twice:
        first = drawn.take(_even(n // 2, np.arange(HISTORIES)))
        return _told_again(first, end, rng)
    notice = calendar.notice
    if pair.before_notice is None or notice is None:
        return drawn.take(_even(n, np.arange(HISTORIES)))
    early, late = np.flatnonzero(drawn.receipt < notice), np.flatnonzero(drawn.receipt > notice)
    before = pair.before_notice
    return drawn.take(np.append(_even(before, early), _even(n - before, late)))


def _told_again(first: Histories, end: int, rng: np.random.Generator) -> Histories:
    """Each history, and once more as another sender tells it: days off, weeks later."""
    size = first.receipt.size
    onset = np.maximum(first.onset + rng.choice([-3, -2, -1, 1, 2, 3], size), first.treated)
    receipt = np.minimum(first.receipt + rng.integers(5, 61, size), end - 1)
    return Histories(
        np.tile(first.treated, 2), np.append(first.onset, onset), np.append(first.receipt, receipt)
    )


def _even(count: int, among: Ints) -> Ints:
    """So many of `among`, evenly spaced."""
    return among[((np.arange(count) + 0.5) / max(count, 1) * among.size).astype(np.int64)]


def _to_receipt(size: int, rng: np.random.Generator) -> Ints:
    days = rng.lognormal(np.log(MEDIAN_TO_RECEIPT), SIGMA_TO_RECEIPT, size)
    return np.ceil(np.minimum(days, LONGEST_TO_RECEIPT)).astype(np.int64)


def _stated(onset: Ints, rng: np.random.Generator) -> Ints:
    """Onsets as FAERS shows them: partial ones padded to the first of the month or year."""
    dates = onset.astype("datetime64[D]")
    months, years = (
        dates.astype(f"datetime64[{unit}]").astype("datetime64[D]").astype(np.int64)
        for unit in ("M", "Y")
    )
    precision = np.searchsorted([0.60, 0.95], rng.random(onset.size))
    return np.choose(precision, [onset, months, years])


def _set(found: Histories, cases: Ints, histories: Histories) -> None:
    found.treated[cases] = histories.treated
    found.onset[cases] = histories.onset
    found.receipt[cases] = histories.receipt
