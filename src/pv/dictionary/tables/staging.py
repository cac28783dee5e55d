"""Tables of staging: as reported."""

from pv.dictionary.fields.reports import SERIOUSNESS
from pv.dictionary.tables.making import made

_AT = "source! file_id! line!"
_REPORT = f"{_AT} source_report_id!"
_SERIOUS = " ".join(("serious", "fatal", *SERIOUSNESS))

STAGING = (
    made(
        "staging.report",
        "version of a report as received (or deletion notice)",
        f"""{_REPORT} release! authority! authority_rank! source_case_id! version action!
        worldwide_case_id manufacturer_number sender first_receipt_date receipt_date!
        report_type literature literature_id reporter occurrence_country reporter_country sex
        age_years weight_kg event_date event_date_precision {_SERIOUS} null_reasons unparsed!""",
    ),
    made(
        "staging.report_drug",
        "drug of a report as received",
        f"{_REPORT} drug_seq! role! drug_verbatim active_ingredient route lot_hmac indication "
        "start_date start_date_precision end_date end_date_precision dose dechallenge rechallenge "
        "unparsed!",
        beware="FAERS repeats a drug once per dose since 2024Q4: count distinct reports.",
    ),
    made("staging.report_event", "reaction of a report as received",
           f"{_REPORT} term_verbatim! event_code event_code_version onset_date "
           "onset_date_precision outcome unparsed!"),
    made("staging.report_outcome", "outcome of a report as received", f"{_REPORT} outcome!"),
    made("staging.report_link", "id of the same case elsewhere, as received",
           f"{_REPORT} link_type! linked_id!"),
    made("staging.report_therapy", "administration period of a drug of a report",
           f"{_REPORT} drug_seq! start_date start_date_precision end_date end_date_precision "
           "unparsed!"),
    made("staging.report_indication", "indication of a drug of a report",
           f"{_REPORT} drug_seq! indication!"),
    made("staging.report_source", "kind of origin of a report",
           f"{_REPORT} report_source! literature_id"),
    made(
        "staging.exposure",
        "product, country and period with the patients treated",
        f"{_AT} product! country! period_start! period_end! patients person_years cumulative "
        "quality reference! unparsed!",
        beware="A figure for WORLD contains the countries: never add the two.",
    ),
    made(
        "staging.background_rate",
        "event and population with its background rate",
        f"{_AT} event! country! sex age_low age_high rate_per_100k rate_low rate_high events "
        "person_years period standard reference! unparsed!",
        beware="Rates adjusted to different standard populations must not be mixed.",
    ),
)  # fmt: skip
