"""From cases to published reports: countries as shown, versions, duplicates, deletions."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pv.simulate.world.days import Days
from pv.simulate.world.placement import NONE, Placement
from pv.simulate.world.quarters import Quarter
from pv.simulate.world.world import World

Ints = NDArray[np.int64]

FIRST_CASE_ID = 30_000_001
FOLLOW_UP_SHARE = 0.18
SECOND_FOLLOW_UP_SHARE = 0.25
DUPLICATE_SHARE = 0.01
DELETED_SHARE = 0.005
# Of 1,000 real reports of 2025Q4, 414 came from the United States, 35 of these directly; 30 more
# name the reporter's country alone, 8 have two countries, and one has none. Of 100 of 2017Q2 none
# lacks a country, of 13,789 dashboard cases received in 2017 to 2019 53 do: 4 in 1,000 in all.
DIRECT_SHARE = 0.085
ONLY_REPORTER_SHARE = 0.03
ABROAD_SHARE = 0.008
NOWHERE_SHARE = 0.004
STUDY_SHARE = 0.05
SENDERS = 25


@dataclass(frozen=True)
class Filed:
    """Cases ready to be published.

    Attributes:
        placed: their countries and planned parts.
        days: their days.
        copied: cases with a duplicate under another case id, ascending.
        hidden: cases that are reported without a country.
        first: how many case ids are taken already.
    """

    placed: Placement
    days: Days
    copied: Ints
    hidden: Ints
    first: int = 0

    @property
    def case_ids(self) -> Ints:
        """The case ids of the originals (N), then those of the copies."""
        size = self.placed.country.size + self.copied.size
        return FIRST_CASE_ID + self.first + np.arange(size)


def duplicated_cases(placed: Placement, required: Ints, rng: np.random.Generator) -> Ints:
    """Cases that a second report will repeat: the `required` and one in a hundred of all."""
    n = placed.country.size
    return np.union1d(required, rng.choice(n, round(DUPLICATE_SHARE * n), replace=False))


def publish(
    world: World, filed: Filed, quarters: tuple[Quarter, ...], rng: np.random.Generator
) -> pl.DataFrame:
    """One row per published report, without the patient: originals, follow-ups and copies."""
    n = filed.placed.country.size
    days, copied = filed.days, filed.copied
    starts = np.array([each.day_number for each in quarters])
    lengths = np.array([each.days for each in quarters])
    case_ids = filed.case_ids
    case, version, quarter = _versions(days.quarter, len(quarters), rng)
    last_version = np.zeros(n, dtype=np.int64)
    np.maximum.at(last_version, case, version)
    follow_up = starts[quarter] + rng.integers(0, lengths[quarter])
    originals = pl.DataFrame(
        {
            "quarter": quarter,
            "case_id": case_ids[case],
            "version": version,
            "case": case,
            "complete": version == last_version[case],
            "receipt": np.where(version == 1, days.receipt[case], follow_up),
            "copy": np.zeros(case.size, dtype=bool),
        }
    )
    copy_quarter = days.quarter[copied]
    last_day = starts[copy_quarter] + lengths[copy_quarter] - 1
    copy_day = days.receipt[copied] + rng.integers(1, 31, copied.size)
    copies = pl.DataFrame(
        {
            "quarter": copy_quarter,
            "case_id": case_ids[n:],
            "version": np.ones(copied.size, dtype=np.int64),
            "case": copied,
            "complete": np.ones(copied.size, dtype=bool),
            "receipt": np.minimum(copy_day, last_day),
            "copy": np.ones(copied.size, dtype=bool),
        }
    )
    return (
        pl.concat([originals, copies])
        .join(_forms(world, filed, rng), on="case", maintain_order="left")
        .with_columns(
            # A copy is a case of its own to the agency; half of the copies lose the prefix that
            # names the country.
            first_receipt=pl.when("copy").then("receipt").otherwise("first_receipt"),
            mfr_num=pl.when(pl.col("copy") & (pl.col("case_id") % 2 == 0))
            .then(pl.col("mfr_num").str.replace(r"^[A-Z]{2}-", ""))
            .otherwise("mfr_num"),
        )
        .with_columns(pl.col("first_receipt", "receipt", "event_date").cast(pl.Int32).cast(pl.Date))
        .drop("copy")
        .sort("quarter", "case_id", "version")
    )


def deletions(filed: Filed, n_quarters: int, rng: np.random.Generator) -> tuple[pl.DataFrame, Ints]:
    """The deleted lists (`quarter`, `case_id`) and the cases they take away.

    No therapy case, and none with a copy, is deleted. As in FDA's lists, about half of the ids
    belong to no published case.
    """
    placed, first_quarter = filed.placed, filed.days.quarter
    free = np.setdiff1d(np.flatnonzero(placed.product == NONE), filed.copied)
    gone = rng.choice(free, round(DELETED_SHARE * placed.country.size), replace=False)
    unknown = 10_000_000 + rng.choice(9_000_000, gone.size, replace=False)
    lists = pl.DataFrame(
        {
            "quarter": np.append(
                rng.integers(first_quarter[gone], n_quarters),
                rng.integers(0, n_quarters, gone.size),
            ),
            "case_id": np.append(filed.case_ids[gone], unknown),
        }
    )
    return lists.sort("quarter", "case_id"), gone


def _versions(
    first_quarter: Ints, n_quarters: int, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Case, version and quarter of every report; at most one version of a case in a quarter."""
    n = first_quarter.size
    second = first_quarter + rng.integers(1, 4, n)
    has_second = (rng.random(n) < FOLLOW_UP_SHARE) & (second < n_quarters)
    third = second + rng.integers(1, 3, n)
    has_third = has_second & (rng.random(n) < SECOND_FOLLOW_UP_SHARE) & (third < n_quarters)
    parts = [np.arange(n), np.flatnonzero(has_second), np.flatnonzero(has_third)]
    return (
        np.concatenate(parts),
        np.repeat([1, 2, 3], [part.size for part in parts]),
        np.concatenate([first_quarter, second[has_second], third[has_third]]),
    )


def _forms(world: World, filed: Filed, rng: np.random.Generator) -> pl.DataFrame:
    """Sender, countries and dates as the form states them: one row a case."""
    placed, days = filed.placed, filed.days
    # Drawn aside, so that it leaves all other draws as they are.
    (aside,) = rng.spawn(1)
    n = placed.country.size
    codes = pl.Series(world.countries)
    therapy = placed.product != NONE
    # A copy is known by its manufacturer's number, so what is copied came from a manufacturer.
    via_company = therapy.copy()
    via_company[filed.copied] = True
    american = placed.country == world.countries.index("US")
    direct = american & ~via_company & (rng.random(n) < DIRECT_SHARE)
    # The form's two country fields: both, only the reporter's, or neither.
    # Of the joint cases only those that shall be are without; a copy is told from its case's place.
    free = placed.joint_pair == NONE
    free[filed.copied] = False
    nowhere = free & ~direct & (rng.random(n) < NOWHERE_SHARE)
    nowhere[filed.hidden] = True
    only_reporter = direct | (~nowhere & (rng.random(n) < ONLY_REPORTER_SHARE))
    received = days.receipt.astype("datetime64[D]")
    drawn = pl.DataFrame(
        {
            "case": np.arange(n),
            "first_receipt": days.receipt,
            "onset": days.stated_onset,
            "dated": (rng.random(n) < np.where(therapy, 0.85, 0.45)) | (placed.joint_pair != NONE),
            "home": codes.gather(placed.country),
            "elsewhere": codes.gather(rng.integers(0, codes.len(), n)),
            "abroad": ~only_reporter & ~nowhere & (rng.random(n) < ABROAD_SHARE),
            "nowhere": nowhere,
            "only_reporter": only_reporter,
            "direct": direct,
            "expedited": rng.random(n) < np.where(american, 0.55, 0.9),
            "cited": rng.random(n) < 0.03,
            "study": ~direct & (aside.random(n) < STUDY_SHARE),
            "sender": np.minimum(rng.geometric(0.15, n), SENDERS),
            "year": received.astype("datetime64[Y]").astype(np.int64) + 1970,
            "number": filed.first + np.arange(n),
        }
    )
    number = pl.format(
        "SIMULATED SENDER {}-{}SIM{}",
        "sender",
        "year",
        pl.col("number").cast(pl.String).str.zfill(7),
    )
    return drawn.select(
        "case",
        "first_receipt",
        event_date=pl.when("dated").then("onset"),
        country=pl.when(~pl.col("only_reporter") & ~pl.col("nowhere")).then("home"),
        reporter_country=pl.when("nowhere")
        .then(pl.lit("COUNTRY NOT SPECIFIED"))
        .when("abroad")
        .then("elsewhere")
        .otherwise("home"),
        report_code=pl.when("direct")
        .then(pl.lit("DIR"))
        .when("expedited")
        .then(pl.lit("EXP"))
        .otherwise(pl.lit("PER")),
        mfr_num=pl.when("direct")
        .then(None)
        .when("nowhere")
        .then(number)
        .otherwise(pl.format("{}-{}", "home", number)),
        mfr_sndr=pl.when("direct")
        .then(pl.lit("SIMULATED DIRECT REPORT"))
        .otherwise(pl.format("SIMULATED SENDER {}", "sender")),
        # The double quotes are on purpose: in FAERS they are letters, not quoting.
        lit_ref=pl.when("cited").then(
            pl.format(
                'Simulated A. "A simulated case". SIMULATED JOURNAL. {};{}{}',
                "year",
                "sender",
                # A prefix that names nothing.
                pl.when(pl.col("case") % 3 == 0)
                .then(pl.format(". doi:10.5555/simulated.{}", "case"))
                .otherwise(pl.lit("")),
            )
        ),
        study="study",
    )
