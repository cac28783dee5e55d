"""Tables of core: one row a case, and what it is coded with."""

from pv.dictionary.fields.cases import COMPARED
from pv.dictionary.fields.reports import SERIOUSNESS
from pv.dictionary.tables.making import made

WEIGHTS = " ".join(f"weight_{name}" for name in COMPARED)
_SERIOUS = " ".join(("serious", "fatal", *SERIOUSNESS))

CORE = (
    made("core.case_key", "case ever seen: the registry that keeps case_id stable",
           "case_id! authority! source_case_id!", key="case_id", durability="permanent"),
    made(
        "core.case_version",
        "version of a case ever received, with deletions, nullifications and withdrawals",
        "case_id! source! source_report_id! release! version action! first_receipt_date "
        "receipt_date! file_id! line! current!",
    ),
    made(
        "core.case",
        "case that counts as of the run's date: latest version, nullified and deleted out",
        f"""case_id! authority! source! source_case_id! source_report_id! release!
        worldwide_case_id manufacturer_number sender version first_receipt_date! receipt_date!
        country country_basis! country_masked! region stratum! sex age_years weight_kg reporter
        report_type spontaneous literature literature_id event_date event_date_precision {_SERIOUS}
        duplicate_group! possible_group! is_master! match_probability match_rule completeness!""",
        key="case_id",
        beware="Count is_master only: the others are kept to be looked at.",
    ),
    made(
        "core.duplicate_link",
        "two current cases that are linked, possibly one, or decided by a person",
        f"""case_id! other_case_id! source! source_case_id! country other_source!
        other_source_case_id! other_country match_rule match_probability same_group! decision
        match_bits {WEIGHTS}""",
        key="case_id other_case_id",
        beware="Linked for counting are the pairs of one group (same_group). Weights are bits, and "
        "null where the two were not compared.",
    ),
    made(
        "core.linkage_rightness", "country and two sources of the labelled sample",
        "country! sources! n_linked! n_right! n_told! n_found!", key="country sources",
        beware="Simulated reports, linked by the shipped weights: empty where a home has its own.",
    ),
    made("core.case_drug", "drug of a case",
           """case_id! drug_seq! role! drug_verbatim active_ingredient substance product_id product
           start_date start_date_precision end_date end_date_precision dose dechallenge rechallenge
           lot_hmac route indication""",
           key="case_id drug_seq role drug_verbatim",
           beware="Rechallenge and dechallenge are of the drug: which of the reactions came back "
           "the report may not say."),
    made("core.case_event", "distinct event of a case",
           """case_id! event_seq! term_verbatim! event! event_code onset_date
           onset_date_precision outcome time_to_onset_days_low time_to_onset_days_high""",
           key="case_id event"),
    made("core.look", "look: month ends from the first receipt on, the data lock point, and the "
           "dates at which a sequential test has looked",
           "look_no! as_of! is_regular!", key="look_no"),
    made(
        "core.case_validity",
        "version of a case that counts at some look, and stretch of looks at which it does",
        "validity_id! case_id! valid_from_look! valid_to_look!",
        key="validity_id",
        beware="validity_id is the case_id for the current version's last stretch (core.case has "
        "it), and a number above every case_id for the rest (core.earlier_case).",
    ),
    made(
        "core.earlier_case", "version of a case that counted at an earlier look only",
        """validity_id! case_id! first_receipt_date receipt_date! country region stratum! sex
        age_years event_date event_date_precision""",
        key="validity_id",
    ),
    made("core.earlier_drug", "drug of a version that counted at an earlier look only",
           """validity_id! drug_seq! role! drug_verbatim active_ingredient substance product_id
           product start_date start_date_precision lot_hmac route indication"""),
    made("core.earlier_event", "event of a version that counted at an earlier look only",
           """validity_id! event_seq! term_verbatim! event! event_code onset_date
           onset_date_precision outcome time_to_onset_days_low time_to_onset_days_high""",
           key="validity_id event"),
    made(
        "core.product", "advanced therapy",
        """product_id! brand! other_brands substance! synonyms atmp_class! platform! authorisation
        conditional additional_monitoring follow_up_years therapeutic_area us_approval_date
        eu_authorisation_date eu_end_date eu_status reference""",
        key="product_id",
    ),
    made("core.country", "country", "country! country_name! region! eea", key="country"),
    made("core.term", "term of a reaction as written", "term_verbatim! event! term_basis!",
           key="term_verbatim",
           beware="Of every report received, also of those that do not count."),
    made("core.term_drift",
           "source, event that stops and event that begins in its place",
           """source! old_event! new_event! last_seen! first_seen! n_old! n_new!
           product_similarity! shared_words""", key="source old_event new_event",
           beware="A suspicion that joins nothing: confirm it in term_alias.csv."),
    made("core.drug_resolution", "source",
           """source! drug_rows! resolved_rows! resolved_share product_rows! ingredient_rows!
           known_name_rows! unresolved_rows! no_drug_rows!""", key="source",
           beware="Rows as received, whether their reports count or not."),
    made("core.unresolved_drug",
           "source and name of a drug that was led to no known ingredient",
           "source! drug_name! drug_rows!", key="source drug_name"),
    made("core.quarter_difference", "FAERS quarter and figure that is not as the facts say",
           "quarter! figure! found! stated! reference!", key="quarter figure",
           beware="Empty without quarter_facts.csv in the home's vocab folder."),
    made("core.event_soc", "event and its primary system organ class", "event! soc!",
           key="event",
           beware="Empty without the licensee's own MedDRA files."),
    made("core.event_group", "event group of late or labelled events",
           "event_group! label! late! designated! reason", key="event_group"),
    made("core.event_group_member", "event of an event group", "event_group! event!",
           key="event_group event"),
    made(
        "core.notice", "public notice that may stimulate reporting",
        "notice_id! product_id platform event_group event issuer! notice_date! title! reference!",
        key="notice_id",
        beware="About one product, one platform or (with neither) all advanced therapies; and "
        "about an event group with its members, or a single event.",
    ),
    made(
        "core.therapeutic_area", "substance", "substance! therapeutic_area! reference!",
        key="substance",
        beware="Those of advanced therapies are in core.product. A substance that is not here is "
        "in no area's comparator.",
    ),
    made(
        "core.listed", "advanced therapy, reaction in its label, place there and event meant",
        "product_id! reaction! event event_group section! listed_since checked! reference!",
        key="product_id reaction section event event_group",
        beware="About an event, an event group with its members, or (with neither) nothing that is "
        "reported under a known term. What is not checked is in no verdict. A missing row never "
        "means unlisted.",
    ),
    made("core.exposure", "product, country and period with the patients treated",
           "product! product_id country! period_start! period_end! patients person_years "
           "cumulative quality reference",
           beware="A figure for WORLD contains the countries: never add the two. Periods of a "
           "product and country do not overlap; days between them are without exposure. Of a total "
           "since the first authorisation (cumulative) patients are those treated since the total "
           "before it."),
    made("core.background_rate", "event and population with its background rate",
           "event! country! sex age_low age_high rate_per_100k rate_low rate_high events "
           "person_years period standard reference"),
)  # fmt: skip
