"""The rules that people wrote: what a plausible safety report, exposure or background rate is.

Conditions may look at `gate.<table>` (the rows under test), at `gate.night` (one row: the
night's date and the days of grace) and at the views of `sql/gate`: `gate.received_report` (those
rows, and what was kept before and stays in use) and what several rows say together. `FILE_RULES`
are about files whole.
"""

from pv.quality.rules import FileRule, Rule, Severity

# Below this many rows a share of bad rows says little about the whole.
ENOUGH_ROWS = 100

EXPOSURE_OVERLAP = "exposure_overlap"

# The first national schemes began in the early 1960s (the British Yellow Card in 1964).
_FIRST_DAY = "1960-01-01"


# Of our own layouts: what we lay down ourselves can be written as we read it.
_HOW_TO_WRITE = (
    "; write days as 2024-12-31 and numbers with a decimal point and no thousands separator (1200 "
    "or 1.2, never 1.200), and deliver the file again"
)
# A figure below it is no figure: divided by it, any count is without bounds.
_SMALLEST = 1e-6
# The largest of 51,387 real reports has 16,554 pairs; 4,000 drugs and 4,000 events have 16 million.
MOST_PAIRS = 250_000


def _unparsed(*columns: str, severity: Severity = "info", mend: str = "") -> list[Rule]:
    """Values that were written but could not be read, by column; whatever is left as 'other'."""
    known = ", ".join(f"'{column}'" for column in columns)
    made = [
        Rule(
            f"{column}_unparsed",
            severity,
            f"{column} was written in a way that could not be read and is null{mend}",
            f"list_contains(unparsed, '{column}')",
        )
        for column in columns
    ]
    made.append(
        Rule(
            "other_unparsed",
            severity,
            f"another value was written in a way that could not be read and is null{mend}",
            f"not list_has_all([{known}], unparsed)",
        )
    )
    return made


def _too_long(length: int, *columns: str) -> list[Rule]:
    """Names and codes that are longer than any that an agency has."""
    return [
        Rule(
            f"{column}_too_long",
            "warning",
            f"{column} has more than {length} characters: cells glued together, or a narrative in "
            "its column",
            f"length({column}) > {length}",
        )
        for column in columns
    ]


def _too_small(*columns: str) -> Rule:
    return Rule(
        "figure_too_small",
        "warning",
        f"{', '.join(columns[:-1])} or {columns[-1]} is above 0 and below {_SMALLEST:f}: nothing "
        "can be divided by it; give 0 or the figure in the unit of the column",
        " or ".join(f"{column} > 0 and {column} < {_SMALLEST}" for column in columns),
    )


# A tuple, not a join: GX rewrites a query that has the word join in it.
_REPORT_UNKNOWN = Rule(
    "report_unknown",
    "info",
    "no report of this id has been received; the row is kept because its report may come later, "
    "and counts only then",
    "(source, source_report_id) not in (select (source, source_report_id) from "
    "gate.received_report where source_report_id is not null)",
)

_CROWDED = Rule(
    "report_crowded",
    "warning",
    f"the report has over {MOST_PAIRS:,} pairs of a drug and an event in its delivery, which is no "
    "report of one patient and says nothing of any pair: all of it is set aside, for a part of it "
    "would be a choice",
    "(file_id, source_report_id) in (select (file_id, source_report_id) from gate.crowded_report)",
)

_REPORT = [
    _CROWDED,
    Rule(
        "report_number_wrong",
        "warning",
        "source_report_id is not source_case_id followed by version, as FDA has it since 2012Q4: "
        "are columns swapped, or two lines mixed?",
        "source = 'faers' and action = 'report' "
        "and (version is not null or list_contains(unparsed, 'version')) "
        "and source_report_id <> source_case_id || coalesce(version::varchar, '?')",
    ),
    Rule(
        "case_number_malformed",
        "warning",
        "source_case_id is no number of FDA: up to 12 digits; a spreadsheet may have made 1.6E+07 "
        "of it",
        "source in ('faers', 'faers_dashboard') "
        "and not regexp_full_match(source_case_id, '[0-9]{1,12}')",
    ),
    Rule(
        "case_number_twice",
        "warning",
        "several lines of this workbook have one case number and are not the same: a number was "
        "rounded or dragged, so that nobody knows which case is which",
        "(file_id, line) in (select (file_id, line) from gate.number_twice)",
    ),
    *_too_long(
        200, "source_report_id", "source_case_id", "worldwide_case_id", "manufacturer_number",
        "sender", "report_type", "reporter", "occurrence_country", "reporter_country",
    ),
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
        "receipt_date_in_future",
        "warning",
        "receipt_date is after the night's date: the report cannot have been received yet; "
        "correct it in the source, or the clock of this machine: the row is judged again when its "
        "date has come",
        "receipt_date > (select night from gate.night)",
    ),
    Rule(
        "receipt_date_after_release",
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
        "event_date", "weight_kg",
    ),
]  # fmt: skip

_DRUG = [
    _CROWDED,
    # FDA's own lengths: 500 for a name, 1,000 for the ingredients.
    *_too_long(500, "drug_verbatim", "indication"),
    *_too_long(1000, "active_ingredient"),
    *_too_long(200, "source_report_id", "drug_seq", "route"),
    Rule(
        "drug_unnamed",
        "warning",
        "neither drug_verbatim nor active_ingredient is given: the row names no drug",
        "coalesce(trim(drug_verbatim), '') = '' and coalesce(trim(active_ingredient), '') = ''",
    ),
    _REPORT_UNKNOWN,
    *_unparsed("role", "start_date", "end_date", "dechallenge", "rechallenge"),
]

_EVENT = [
    _CROWDED,
    *_too_long(200, "source_report_id", "event_code", "outcome"),
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
    *_too_long(300, "product"),
    *_too_long(2000, "quality", "reference"),
    _too_small("patients", "person_years", "cumulative"),
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
        "exposure_exempt",
        "warning",
        "patients under hospital exemption, by the product table or by what the line says of "
        "itself: they are reported to their hospital's authority and not as others are, so that "
        "their time would make a product look safe; give a figure without them, or say `without "
        "hospital exemption` in quality",
        "(file_id, line) in (select (file_id, line) from gate.exposure_exempt)",
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
    *_unparsed(
        "period_start", "period_end", "patients", "person_years", "cumulative",
        severity="warning", mend=_HOW_TO_WRITE,
    ),
]  # fmt: skip

_BACKGROUND = [
    *_too_long(300, "event"),
    *_too_long(2000, "period", "standard", "reference"),
    _too_small("rate_per_100k", "rate_low", "rate_high", "events", "person_years"),
    Rule(
        "counts_implausible",
        "warning",
        "events over person_years is no rate of a background: over 100,000 or below "
        f"{_SMALLEST:f} per 100,000 person-years; are the two swapped?",
        "events > 0 and (person_years = 0 or events / person_years * 1e5 > 1e5 "
        f"or events / person_years * 1e5 < {_SMALLEST})",
    ),
    Rule(
        "rate_contradicts_counts",
        "warning",
        "rate_per_100k is more than a hundred times, or less than a hundredth, of events over "
        "person_years: one of the three is in another unit or column",
        "rate_per_100k > 0 and events > 0 and person_years > 0 "
        "and not (rate_per_100k / (events / person_years * 1e5) between 0.01 and 100)",
    ),
    Rule(
        "ages_reversed",
        "warning",
        "age_low is above age_high: are the two swapped?",
        "age_low > age_high",
    ),
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
        "person_years", severity="warning", mend=_HOW_TO_WRITE,
    ),
]  # fmt: skip

RULES: dict[str, list[Rule]] = {
    "staging.report": _REPORT,
    "staging.report_drug": _DRUG,
    "staging.report_event": _EVENT,
    "staging.report_outcome": [
        *_too_long(200, "source_report_id", "outcome"), _REPORT_UNKNOWN,
    ],
    "staging.report_link": [
        *_too_long(200, "source_report_id", "linked_id"), _REPORT_UNKNOWN,
    ],
    "staging.report_therapy": [
        *_too_long(200, "source_report_id", "drug_seq"), _REPORT_UNKNOWN,
        *_unparsed("start_date", "end_date"),
    ],
    "staging.report_indication": [
        *_too_long(200, "source_report_id", "drug_seq"), *_too_long(500, "indication"),
        _REPORT_UNKNOWN,
    ],
    "staging.report_source": [
        *_too_long(200, "source_report_id", "report_source"), _REPORT_UNKNOWN,
    ],
    "staging.exposure": _EXPOSURE,
    "staging.background_rate": _BACKGROUND,
}  # fmt: skip

# Of a file whole: its view in `sql/gate`, which gives file_id, and what it means. Such a file is
# set aside with every row, fails, and is tried again each night.
FILE_RULES = (
    FileRule(
        "report_not_in_delivery",
        "most rows of this table name a report that the other tables of the delivery do not have: "
        "columns are swapped, or the table is of another quarter; check the delivery and fetch it "
        "again",
        "gate.stray_file",
    ),
)
