"""Work relations of core: from reports to the versions of cases that count."""

from pv.dictionary.fields.reports import SERIOUSNESS
from pv.dictionary.tables.core import WEIGHTS
from pv.dictionary.tables.making import made

_DRUG = """drug_seq! role! drug_verbatim active_ingredient substance product_id product start_date
start_date_precision lot_hmac route indication"""
# What no look back asks for: of the current version only.
_GIVEN = "end_date end_date_precision dose dechallenge rechallenge"
_EVENT = """event_seq! term_verbatim! event! event_code onset_date onset_date_precision outcome
time_to_onset_days_low time_to_onset_days_high"""
_SERIOUS = " ".join(("serious", "fatal", *SERIOUSNESS))

CORE = (
    # Texts and their codes.
    made("work.place", "text that stands for a country or a masked region",
         "written_place! country region masked! stratum", key="written_place"),
    made("work.quarter_fact", "FAERS quarter and figure that is known of it",
         "quarter! figure! staging_table stated! reference!", key="quarter figure"),
    made("work.drug_text", "distinct text of a drug: name, ingredient and route as written",
         "text_no! drug_verbatim active_ingredient route", key="text_no"),
    made("work.drug_coding", "text of a drug",
         "text_no! substance substance_basis! product_id product", key="text_no"),
    made("work.term_text", "distinct term of a reaction, as written", "term_verbatim!",
         key="term_verbatim"),
    made("work.exposure_product", "product as an exposure file writes it", "product!",
         key="product"),
    made("work.exposure_coding", "product as an exposure file writes it", "product! product_id",
         key="product"),
    # Versions.
    made("work.issue", "delivery of a source that is re-issued whole, which counts",
         "source! series! issued_on! release! issue_no! issued_before", key="source release"),
    made("work.telling",
         "case and issue that has it, of the sources of which several issues are known",
         """case_id! file_id line source_report_id source! series! release! issued_on! issue_no!
         issued_before content_hash""", key="case_id source release"),
    made("work.issued_version", "version of a case that the issues of a source tell",
         """case_id! source! source_report_id! release! version action! first_receipt_date
         receipt_date! file_id! line! authority_rank! turn!""", key="case_id source turn"),
    made("work.received_version", "version of a case ever received",
         """case_id! source! source_report_id! release! version action! first_receipt_date
         receipt_date! file_id! line! authority_rank! turn! look_no""", key="file_id line action"),
    made("work.version_validity",
         "version of a case and stretch of looks at which it was the current one",
         "case_id! file_id! line! valid_from_look! valid_to_look!",
         key="file_id line valid_from_look"),
    made("work.file_release", "file", "file_id! release_no!", key="file_id"),
    made("work.current_version", "version of a case that was current at some look",
         f"""version_no! case_id! is_current! file_id! line! release_no! source!
         source_report_id! release! authority! source_case_id! version worldwide_case_id
         manufacturer_number sender first_receipt_date receipt_date! report_type literature
         literature_id reporter sex age_years weight_kg event_date event_date_precision {_SERIOUS}
         country country_basis! country_masked! region stratum!""", key="version_no"),
    made("work.drug_start", "version and drug with an administration period",
         "version_no! drug_seq! start_date start_date_precision end_date end_date_precision",
         key="version_no drug_seq"),
    made("work.drug_indication", "version and drug with an indication",
         "version_no! drug_seq! indication!", key="version_no drug_seq"),
    made("work.reported_drug", "version, drug, role and text",
         """version_no! is_current! drug_seq! role! text_no! lot_hmac indication start_date
         start_date_precision end_date end_date_precision dose dechallenge rechallenge""",
         key="version_no drug_seq role text_no"),
    made("work.coded_drug", "version, drug, role and text",
         f"version_no! is_current! text_no! {_DRUG} {_GIVEN}",
         key="version_no drug_seq role text_no"),
    made("work.earlier_version_drug", "drug of a version that is no longer current",
         f"version_no! {_DRUG}"),
    made("work.version_drug", "drug of a version that was current at some look",
         f"version_no! {_DRUG}"),
    made("work.event_spelling", "spelling of a term", "term_verbatim! event! term_no!",
         key="term_verbatim"),
    made("work.coded_event", "version and distinct event", f"version_no! is_current! {_EVENT}",
         key="version_no event_seq"),
    made("work.earlier_version_event", "distinct event of a version that is no longer current",
         f"version_no! {_EVENT}", key="version_no event_seq"),
    made("work.version_event", "distinct event of a version that was current at some look",
         f"version_no! {_EVENT}", key="version_no event_seq"),
    made("work.text_rank", "product or event of a version", "text! text_rank!", key="text"),
    made("work.version_completeness", "version", "version_no! completeness!", key="version_no"),
    # Duplicates.
    made("work.shared_key", "key that several cases ever had and version that has it",
         "key_no! match_rule! version_no! case_id! links!", key="key_no version_no"),
    made("work.key_member",
         "shared key, stretch of looks at which it links, and case it then links",
         "key_no! match_rule! case_id! valid_from_look! valid_to_look! first_case_id!",
         key="key_no valid_from_look case_id"),
    made("work.key_link", "case and the first case that shares a key with it at some look",
         "case_id! first_case_id!", key="case_id first_case_id"),
    made("work.version_span", "version and stretch of looks at which it was current",
         "version_no! case_id! valid_from_look! valid_to_look!", key="version_no valid_from_look"),
    made("work.month_end", "look at the end of a month", "look_no! as_of! cases_known!",
         key="look_no"),
    made("work.version_product", "version and suspect product",
         "version_no! product! frequency! rarity!", key="version_no rarity"),
    made("work.block_member", "block, version in it and stretch of looks at which its cases are "
         "compared", "block! version_no! case_id! valid_from_look! valid_to_look!",
         key="block version_no valid_from_look"),
    made("work.candidate_pair",
         "two versions of two cases that are compared, and stretch of looks at which they are",
         "version_no! other_version_no! valid_from_look! valid_to_look!",
         key="version_no other_version_no valid_from_look valid_to_look"),
    made("work.trait_prior", "trait", "trait! u!", key="trait"),
    made("work.version_trait", "version that is compared, trait and value",
         "version_no! trait! trait_value! frequency!", key="version_no trait trait_value"),
    made("work.compared_version", "version that is compared with another",
         """version_no! case_id! cases_known! source! sex age_years country region event_day
         event_month start_day received! receipt_date! sender outcome product product_list! event
         event_list! lots! tf_product tf_event tf_age tf_country tf_day tf_start tf_lot""",
         key="version_no"),
    made("work.weighed_pair", "two versions that are compared, with weight enough",
         f"version_no! other_version_no! match_bits! {WEIGHTS}",
         key="version_no other_version_no"),
    made("work.decided_pair", "two cases of which a person has said whether they are one",
         "case_id! other_case_id! decision!", key="case_id other_case_id"),
    made("work.probable_pair",
         "two versions of two cases that are possibly one, and stretch of looks at which they are",
         """version_no! other_version_no! case_id! other_case_id! match_bits! match_probability!
         is_linked! valid_from_look! valid_to_look!""",
         key="version_no other_version_no valid_from_look"),
    made("work.case_link", "two cases that are linked, or possibly one, at some look",
         "case_id! other_case_id!", key="case_id other_case_id"),
    made("work.component", "case that is linked with another at some look",
         "case_id! component!", key="case_id"),
    made("work.linked_version",
         "stretch of looks and version current in it of a case that is ever linked",
         "node! component! case_id! version_no! valid_from_look! valid_to_look!", key="node"),
    made("work.link", "stretch of looks, two of the versions linked in it, and rule",
         "node! other! match_rule! match_bits match_probability! is_linked!",
         key="node other match_rule"),
    made("work.kept_apart",
         "stretch of looks and two versions of cases that a person has said to be two",
         "node! other!", key="node other"),
    made("work.linked_group", "row of work.linked_version", "node! group_no! possible_no!",
         key="node"),
    made("work.duplicate_group", "current case that has a duplicate, or possibly one",
         "case_id! duplicate_group! possible_group! match_rule match_probability", key="case_id"),
    made("work.counted_version",
         "version of a case that counts at some look, and stretch of looks at which it does",
         "validity_id! version_no! case_id! valid_from_look! valid_to_look! is_own!",
         key="validity_id"),
)  # fmt: skip
