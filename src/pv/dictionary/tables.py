"""Every table once, made of the fields in `fields.py`."""

from pv.dictionary.fields import FIELDS, SERIOUSNESS
from pv.dictionary.model import Field, Table

SCHEMAS = ("staging", "core", "mart", "ops")


def _table(qualified: str, grain: str, columns: str, *, key: str = "", beware: str = "") -> Table:
    """A table from its column names; a name ending in `!` may not be null."""
    schema, name = qualified.split(".")
    made: list[Field] = []
    for word in columns.split():
        found = FIELDS[word.rstrip("!")]
        made.append(found.must() if word.endswith("!") else found)
    return Table(schema, name, grain, tuple(made), beware, tuple(key.split()))


_AT = "source! file_id! line!"
_REPORT = f"{_AT} source_report_id!"
_SERIOUS = " ".join(("serious", "fatal", *SERIOUSNESS))

STAGING = (
    _table(
        "staging.report",
        "version of a report as received (or deletion notice)",
        f"""{_REPORT} release! authority! authority_rank! source_case_id! version action!
        worldwide_case_id manufacturer_number sender first_receipt_date receipt_date!
        report_type reporter occurrence_country reporter_country sex age_years
        event_date event_date_precision {_SERIOUS} unparsed!""",
    ),
    _table(
        "staging.report_drug",
        "drug of a report as received",
        f"{_REPORT} drug_seq! role! drug_verbatim active_ingredient route lot_hmac indication "
        "start_date start_date_precision unparsed!",
        beware="FAERS repeats a drug once per dose since 2024Q4: count distinct reports.",
    ),
    _table("staging.report_event", "reaction of a report as received",
           f"{_REPORT} term_verbatim! event_code onset_date onset_date_precision outcome "
           "unparsed!"),
    _table("staging.report_outcome", "outcome of a report as received", f"{_REPORT} outcome!"),
    _table("staging.report_link", "id of the same case elsewhere, as received",
           f"{_REPORT} link_type! linked_id!"),
    _table("staging.report_therapy", "administration period of a drug of a report",
           f"{_REPORT} drug_seq! start_date start_date_precision unparsed!"),
    _table("staging.report_indication", "indication of a drug of a report",
           f"{_REPORT} drug_seq! indication!"),
    _table("staging.report_source", "kind of origin of a report",
           f"{_REPORT} report_source!"),
    _table(
        "staging.exposure",
        "product, country and period with the patients treated",
        f"{_AT} product! country! period_start! period_end! patients person_years quality "
        "reference! unparsed!",
        beware="A figure for WORLD contains the countries: never add the two.",
    ),
    _table(
        "staging.background_rate",
        "event and population with its background rate",
        f"{_AT} event! country! sex age_low age_high rate_per_100k rate_low rate_high events "
        "person_years period standard reference! unparsed!",
        beware="Rates adjusted to different standard populations must not be mixed.",
    ),
)  # fmt: skip

CORE = (
    _table("core.case_key", "case ever seen: the registry that keeps case_id stable",
           "case_id! authority! source_case_id!", key="case_id"),
    _table(
        "core.case_version",
        "version of a case ever received, with deletions and nullifications",
        "case_id! source! source_report_id! release! version action! first_receipt_date "
        "receipt_date! file_id! line! current!",
    ),
    _table(
        "core.case",
        "case that counts as of the run's date: latest version, nullified and deleted out",
        f"""case_id! authority! source! source_case_id! source_report_id! release!
        worldwide_case_id manufacturer_number sender version first_receipt_date! receipt_date!
        country country_basis! country_masked! region stratum! sex age_years reporter
        report_type event_date event_date_precision {_SERIOUS}
        duplicate_group! is_master! match_probability match_rule completeness!""",
        key="case_id",
        beware="Count is_master only: the others are kept to be looked at.",
    ),
    _table("core.case_drug", "drug of a case",
           """case_id! drug_seq! role! drug_verbatim active_ingredient substance product_id product
           start_date start_date_precision lot_hmac route indication""",
           key="case_id drug_seq role drug_verbatim"),
    _table("core.case_event", "distinct event of a case",
           """case_id! event_seq! term_verbatim! event! event_code onset_date
           onset_date_precision outcome time_to_onset_days_low time_to_onset_days_high""",
           key="case_id event"),
    _table(
        "core.product", "advanced therapy",
        """product_id! brand! other_brands substance! synonyms atmp_class! authorisation conditional
        additional_monitoring follow_up_years therapeutic_area us_approval_date
        eu_authorisation_date eu_end_date eu_status reference""",
        key="product_id",
    ),
    _table("core.country", "country", "country! country_name! region!", key="country"),
    _table("core.event_group", "event group of late or labelled events",
           "event_group! label! late! designated! reason", key="event_group"),
    _table("core.event_group_member", "event of an event group", "event_group! event!",
           key="event_group event"),
    _table("core.exposure", "product, country and period with the patients treated",
           "product! product_id country! period_start! period_end! patients person_years quality "
           "reference",
           beware="A figure for WORLD contains the countries: never add the two."),
    _table("core.background_rate", "event and population with its background rate",
           "event! country! sex age_low age_high rate_per_100k rate_low rate_high events "
           "person_years period standard reference"),
)  # fmt: skip

_TABLE_STATS = "expected! ic! ic025! ic975! ror ror025 ror975 prr chi2_yates rrr"

MART = (
    _table("mart.country_margin", "stratum", "stratum! is_country! region n_cases!",
           key="stratum"),
    _table("mart.product_margin", "product and stratum", "product! stratum! n_product!",
           key="product stratum"),
    _table("mart.event_margin", "event and stratum", "event! event_kind! stratum! n_event!",
           key="event event_kind stratum"),
    _table(
        "mart.pair_country", "product, event and stratum with at least one case of both",
        f"product! event! event_kind! country! is_country! a! b! c! d! {_TABLE_STATS} chi2 "
        "flagged!",
        key="product event event_kind country",
        beware="country also holds the strata 'EU (masked)' and 'unknown' (is_country false). "
        "Strata without a case of both are left out here but not from pooled expectations.",
    ),
    _table(
        "mart.pair_region", "product, event and region with at least one case of both",
        f"product! event! event_kind! region! n! {_TABLE_STATS} flagged!",
        key="product event event_kind region",
        beware="Stratified by country inside the region.",
    ),
    _table(
        "mart.pair", "product and event with at least one case of both, all strata pooled",
        f"""product! event! event_kind! n! n_product! n_event! n_cases! {_TABLE_STATS}
        ebgm eb05 eb95 crude_expected! crude_ic! crude_ic025! crude_ror crude_ror025 crude_prr
        crude_chi2_yates midp! q_value! flagged! crude_flagged! loco_fragility! homogeneity_p""",
        key="product event event_kind",
        beware="Screening: the pair statistics do not control error over nightly looks.",
    ),
    _table(
        "mart.prior", "run: the prior of EBGM, from all pairs of single events, zeros included",
        """identified! refusal likelihood! alpha1 beta1 alpha2 beta2 weight neg_log_likelihood
        prior_limit certificate""",
    ),
    _table(
        "mart.earlier_flag", "pair flagged by the pool, and country that flagged earlier",
        "product! event! event_kind! country! first_flagged!",
        key="product event event_kind country",
        beware="Month ends; a case enters at its first receipt with what is known of it now. Only "
        "pairs that no country flags as of the run's date are looked at.",
    ),
    _table(
        "mart.rate", "product and event with known exposure, by country and pooled ('all')",
        "product! event! event_kind! country! n! patients! rate! rate_lower! rate_upper!",
        key="product event event_kind country",
        beware="Spontaneous reports: a lower bound of the risk. Only cases of the exposed country "
        "first received in the days that its exposure covers are divided by its patients.",
    ),
    _table(
        "mart.signal", "product and event (or event group) with its verdict",
        """product! atmp_class! event! event_kind! verdict! reasons! n! expected! ic! ic025! ror
        ror025 prr chi2_yates ebgm eb05 crude_ic025! q_value! n_countries! effective_countries
        top_country top_share
        countries_flagged! regions_flagged! homogeneity_p loco_fragility rank as_of!""",
        key="product event event_kind",
    ),
)  # fmt: skip

OPS = (
    _table("ops.source_file", "file received (or missing from a delivery)",
           """file_id! source! name! release staging_table sha256 bytes rows_read! rows_kept!
           rows_quarantined! status! message""", key="file_id"),
    _table("ops.quarantine", "row and the rule it broke",
           "source! file_id! name! line! rule! reason! row",
           beware="A row that breaks two rules is here twice: count distinct (file_id, line)."),
    _table("ops.validation", "expectation checked in the last night that had new rows",
           "suite! rule! severity! success! rows_checked rows_failed detail",
           key="suite rule"),
    _table("ops.run", "published run",
           """run_id! as_of! code_version! fingerprint! seed! settings! rules! inputs!
           versions!""", key="run_id"),
    _table("ops.data_dictionary", "column of the snapshot",
           "table_name! column_name! type! meaning!", key="table_name column_name"),
    _table("ops.step_state", "step of the night, as last done", "step! fingerprint!",
           key="step"),
)  # fmt: skip

TABLES: tuple[Table, ...] = STAGING + CORE + MART + OPS
_BY_NAME = {t.qualified: t for t in TABLES}


def table(qualified: str) -> Table:
    """The table of that `schema.name`; KeyError if there is none."""
    return _BY_NAME[qualified]
