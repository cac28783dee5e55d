"""The rules that people wrote: what a plausible safety report, exposure or background rate is.

Conditions may look at `gate.<table>` (the rows under test), at `gate.night` (one row: the
night's date and the days of grace), at `staging.<table>` (those rows and all kept before) and at
the views of `sql/gate` (what several rows of exposure, or a report and its file, say together).
"""

from pv.quality.rules import Rule

# Below this many rows a share of bad rows says little about the whole.
ENOUGH_ROWS = 100

EXPOSURE_OVERLAP = "exposure_overlap"

# Rules that hold a row for its date of receipt. The first depends on the clock of the night.
IN_FUTURE = "receipt_date_in_future"
AFTER_RELEASE = "receipt_date_after_release"

# The first national schemes began in the early 1960s (the British Yellow Card in 1964).
_FIRST_DAY = "1960-01-01"


def _unparsed(*columns: str) -> list[Rule]:
    """Values that were written but could not be read, by column; whatever is left as 'other'."""
    known = ", ".join(f"'{column}'" for column in columns)
    made = [
        Rule(
            f"{column}_unparsed",
            "info",
            f"{column} was written in a way that could not be read and is null",
            f"list_contains(unparsed, '{column}')",
        )
        for column in columns
    ]
    made.append(
        Rule(
            "other_unparsed",
            "info",
            "another value was written in a way that could not be read and is null",
            f"not list_has_all([{known}], unparsed)",
        )
    )
    return made


# A tuple, not a join: GX rewrites a query that has the word join in it.
_REPORT_UNKNOWN = Rule(
    "report_unknown",
    "info",
    "no report of this id has been received; the row is kept because its report may come later, "
    "and counts only then",
    "(source, source_report_id) not in (select (source, source_report_id) from staging.report "
    "where source_report_id is not null)",
)

_REPORT = [
    Rule(
        "line_twice",
        "critical",
        "a line of a file is in staging more than once, so cases could count twice; this is a "
        "defect of the source's reader: report it, and nothing is published until it is mended",
        "(file_id, line) in (select (file_id, line) from gate.report group by file_id, line "
        "having count(*) > 1)",
    ),
    Rule(
        "no_receipt_date",
        "critical",
        f"not one of the night's reports ({ENOUGH_ROWS} or more) has a readable receipt date; the "
        "agency has changed its layout: adapt the source's reader",
        f"(select count(*) >= {ENOUGH_ROWS} and count(receipt_date) = 0 from gate.report)",
    ),
    Rule(
        "receipt_date_too_early",
        "warning",
        f"receipt_date is before {_FIRST_DAY}, before any agency here collected reports; correct "
        "it in the source",
        f"receipt_date < date '{_FIRST_DAY}'",
    ),
    Rule(
        IN_FUTURE,
        "warning",
        "receipt_date is after the night's date: the report cannot have been received yet; "
        "correct it in the source, or the clock of this machine: the row is judged again when its "
        "date has come",
        "receipt_date > (select night from gate.night)",
    ),
    Rule(
        AFTER_RELEASE,
        "warning",
        "receipt_date is after the last day that this delivery can hold (the end of its quarter, "
        "the day of the export) and the days of grace: one of the two is wrong; correct the date "
        "or the name of the file, and deliver it again",
        "(file_id, line) in (select (file_id, line) from gate.late_receipt)",
    ),
    Rule(
        "first_receipt_after_receipt",
        "info",
        "the case was first received after this version of it: one of the two dates is wrong",
        "first_receipt_date > receipt_date",
    ),
    Rule(
        "event_after_receipt",
        "info",
        "the event is dated after the report of it was received; its time to onset is doubtful",
        "event_date > receipt_date",
    ),
    Rule(
        "source_case_id_blank",
        "warning",
        "source_case_id is blank: versions and duplicates of the case could not be told",
        "trim(source_case_id) = ''",
    ),
    *_unparsed(
        "source_case_id", "version", "first_receipt_date", "receipt_date", "sex", "age_years",
        "event_date",
    ),
]  # fmt: skip

_DRUG = [
    Rule(
        "drug_unnamed",
        "warning",
        "neither drug_verbatim nor active_ingredient is given: the row names no drug",
        "coalesce(trim(drug_verbatim), '') = '' and coalesce(trim(active_ingredient), '') = ''",
    ),
    _REPORT_UNKNOWN,
    *_unparsed("role", "start_date"),
]

_EVENT = [
    Rule(
        "term_blank",
        "warning",
        "term_verbatim is blank: the row names no event",
        "trim(term_verbatim) = ''",
    ),
    Rule(
        "term_too_long",
        "warning",
        "term_verbatim has more than 300 characters: lines glued together, or a narrative in the "
        "column of terms",
        "length(term_verbatim) > 300",
    ),
    _REPORT_UNKNOWN,
    *_unparsed("onset_date"),
]

_EXPOSURE = [
    Rule(
        "period_reversed",
        "warning",
        "period_start is after period_end",
        "period_start > period_end",
    ),
    Rule(
        "exposure_without_figure",
        "warning",
        "neither patients nor person_years nor cumulative is given",
        "patients is null and person_years is null and cumulative is null",
    ),
    Rule(
        "cumulative_beside_period",
        "warning",
        "cumulative counts from the first authorisation, patients and person_years count in the "
        "period: give them in rows of their own",
        "cumulative is not null and (patients is not null or person_years is not null)",
    ),
    Rule(
        EXPOSURE_OVERLAP,
        "warning",
        "the period overlaps another that came before for this product and country, from whatever "
        "source, so that patients would count twice; give those treated since that period, or "
        "totals in the column cumulative, and deliver the file again",
        "(file_id, line) in (select (file_id, line) from gate.exposure_overlap)",
    ),
    Rule(
        "exposure_gap",
        "info",
        "between this period and the one before it are days without exposure of this product and "
        "country: nobody treated on them is counted; if nobody was treated, give a row with 0 "
        "patients",
        "(file_id, line) in (select (file_id, line) from gate.exposure_gap)",
    ),
    Rule(
        "cumulative_falls",
        "info",
        "the total is below a total to an earlier day of this product and country: the earlier one "
        "is taken for corrected, and left out from this period_end on",
        "(file_id, line) in (select (file_id, line) from gate.exposure_fall)",
    ),
    Rule(
        "country_malformed",
        "warning",
        "country is neither two capital letters (ISO 3166-1 alpha-2) nor WORLD",
        "not regexp_full_match(country, '[A-Z]{2}|WORLD')",
    ),
    *_unparsed("period_start", "period_end", "patients", "person_years", "cumulative"),
]

_BACKGROUND = [
    Rule(
        "background_without_rate",
        "warning",
        "neither rate_per_100k nor events with person_years is given",
        "rate_per_100k is null and (events is null or person_years is null)",
    ),
    Rule(
        "rate_outside_limits",
        "warning",
        "rate_low, rate_per_100k and rate_high are not in this order",
        "rate_low > rate_per_100k or rate_per_100k > rate_high or rate_low > rate_high",
    ),
    *_unparsed(
        "sex", "age_low", "age_high", "rate_per_100k", "rate_low", "rate_high", "events",
        "person_years",
    ),
]  # fmt: skip

RULES: dict[str, list[Rule]] = {
    "staging.report": _REPORT,
    "staging.report_drug": _DRUG,
    "staging.report_event": _EVENT,
    "staging.report_outcome": [_REPORT_UNKNOWN],
    "staging.report_link": [_REPORT_UNKNOWN],
    "staging.report_therapy": [_REPORT_UNKNOWN, *_unparsed("start_date")],
    "staging.report_indication": [_REPORT_UNKNOWN],
    "staging.report_source": [_REPORT_UNKNOWN],
    "staging.exposure": _EXPOSURE,
    "staging.background_rate": _BACKGROUND,
}
