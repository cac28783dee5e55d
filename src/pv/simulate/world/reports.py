"""What a generator hands to a writer: reports as columns, free of any agency's layout."""

from dataclasses import dataclass

import polars as pl

from pv.simulate.world.quarters import Quarter


@dataclass(frozen=True)
class Reports:
    """Published reports and the contents of the cases behind them.

    A *case* is what happened to one patient; a *report* is one publication of it. Follow-up
    versions and duplicates are further reports of the same case, so contents are held once.
    Missing values are nulls. Every frame is ordered by its first columns.

    Attributes:
        quarters: the quarters published, in order.
        reports: one row per report. `quarter` (index into `quarters`), `case_id`, `version`,
            `case` (the key of the contents), `complete` (false: reactions marked `late` are not
            known yet), `first_receipt`, `receipt` and `event_date` (dates), `country` (of
            occurrence), `reporter_country`, `report_code`, `mfr_num`, `mfr_sndr`, `lit_ref`,
            `study` (whether it is from one), `sex`, `age`, `age_unit`, `age_group`, `weight_kg`,
            `occupation`.
        drugs: one row per drug of a case. `case`, `drug_seq`, `role`, `drugname`, `prod_ai`,
            `route`, `lot`, `start` and `end` (digits YYYYMMDD, YYYYMM or YYYY), `doses` (1 or
            more), `indication`, `dechal`, `rechal`, `dose_amt`, `dose_unit`, `dose_freq`.
        reactions: `case`, `pt`, `late` (known only to complete reports).
        outcomes: `case`, `outc_cod`.
        deleted: `quarter` (whose list names it), `case_id`.
    """

    quarters: tuple[Quarter, ...]
    reports: pl.DataFrame
    drugs: pl.DataFrame
    reactions: pl.DataFrame
    outcomes: pl.DataFrame
    deleted: pl.DataFrame
