"""What a plausible safety report is: its report, drugs and events."""

from pv.quality.rule_shapes import too_long, unparsed
from pv.quality.rules import Rule

# Below this many rows a share of bad rows says little about the whole.
ENOUGH_ROWS = 100
# The first national schemes began in the early 1960s (the British Yellow Card in 1964).
_FIRST_DAY = "1960-01-01"
# The largest of 51,387 real reports has 16,554 pairs; 4,000 drugs and 4,000 events have 16 million.
MOST_PAIRS = 250_000

# A tuple, not a join: GX rewrites a query that has the word join in it.
REPORT_UNKNOWN = Rule(
    "report_unknown",
    "info",
    "no report of this id has been received; the row is kept because its report may come later, "
    "and counts only then",
    "(source, source_report_id) not in (select (source, source_report_id) from "
    "gate.received_report where source_report_id is not null)",
)

CROWDED = Rule(
    "report_crowded",
    "warning",
    f"the report has over {MOST_PAIRS:,} pairs of a drug and an event in its delivery, which is no "
    "report of one patient and says nothing of any pair: all of it is set aside, for a part of it "
    "would be a choice",
    "(file_id, source_report_id) in (select (file_id, source_report_id) from gate.crowded_report)",
)

REPORT = [
    CROWDED,
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
    *too_long(
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
    *unparsed(
        "source_case_id", "version", "first_receipt_date", "receipt_date", "sex", "age_years",
        "event_date", "weight_kg",
    ),
]  # fmt: skip

DRUG = [
    CROWDED,
    # FDA's own lengths: 500 for a name, 1,000 for the ingredients.
    *too_long(500, "drug_verbatim", "indication"),
    *too_long(1000, "active_ingredient"),
    *too_long(200, "source_report_id", "drug_seq", "route"),
    Rule(
        "drug_unnamed",
        "warning",
        "neither drug_verbatim nor active_ingredient is given: the row names no drug",
        "coalesce(trim(drug_verbatim), '') = '' and coalesce(trim(active_ingredient), '') = ''",
    ),
    REPORT_UNKNOWN,
    *unparsed("role", "start_date", "end_date", "dechallenge", "rechallenge"),
]

EVENT = [
    CROWDED,
    *too_long(200, "source_report_id", "event_code", "outcome"),
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
    REPORT_UNKNOWN,
    *unparsed("onset_date"),
]
