"""The days of a case: administration, onset, first receipt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pv.simulate.world.placement import NONE, Placement
from pv.simulate.world.plan import Plan
from pv.simulate.world.quarters import Quarter

Ints = NDArray[np.int64]

# Medians in days and sigmas of the lognormal times, for cases that are not planted.
MEDIAN_TO_ONSET, SIGMA_TO_ONSET = 20, 1.4
MEDIAN_TO_RECEIPT, SIGMA_TO_RECEIPT = 40, 1.0
# Sigma of the time to onset of planted cases, about the pair's own median.
PLANTED_SIGMA = 0.6
LONGEST_TO_ONSET, LONGEST_TO_RECEIPT = 3_000, 1_000


@dataclass(frozen=True)
class Days:
    """Days (since 1970) of N cases, ordered by first receipt.

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


def draw_receipts(
    quarters: tuple[Quarter, ...], cases: int, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Quarter (index) and day of each first receipt, ascending, even over the quarters' days."""
    days = np.concatenate([each.day_number + np.arange(each.days) for each in quarters])
    quarter = np.repeat(np.arange(len(quarters)), [each.days for each in quarters])
    position = np.sort(rng.integers(0, days.size, cases))
    return quarter[position], days[position]


def draw_days(
    receipts: tuple[Ints, Ints], plan: Plan, placed: Placement, rng: np.random.Generator
) -> Days:
    """Onset and administration of every case, counted back from its first receipt."""
    quarter, receipt = receipts
    median = np.array([*(float(pair.latency_days) for pair in plan.pairs), MEDIAN_TO_ONSET])
    sigma = np.where(placed.joint_pair == NONE, SIGMA_TO_ONSET, PLANTED_SIGMA)
    # NONE is -1 and so picks the last median, that of cases that are not planted.
    to_onset = rng.lognormal(np.log(median[placed.joint_pair]), sigma)
    to_receipt = rng.lognormal(np.log(MEDIAN_TO_RECEIPT), SIGMA_TO_RECEIPT, receipt.size)
    onset = receipt - np.ceil(np.minimum(to_receipt, LONGEST_TO_RECEIPT)).astype(np.int64)
    administered = onset - np.minimum(to_onset, LONGEST_TO_ONSET).astype(np.int64)
    # FAERS pads partial onset dates to the first day of the month or year since 2021Q3.
    dates = onset.astype("datetime64[D]")
    months, years = (
        dates.astype(f"datetime64[{unit}]").astype("datetime64[D]").astype(np.int64)
        for unit in ("M", "Y")
    )
    precision = np.searchsorted([0.60, 0.95], rng.random(receipt.size))
    stated = np.choose(precision, [onset, months, years])
    return Days(quarter, receipt, stated, administered)
