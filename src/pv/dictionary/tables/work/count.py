"""Work relations of count: what counts at each look and at one, with dense codes."""

from pv.dictionary.tables.making import made

_VERSION = "validity_id! case_id! stratum_no!"
_VALID = "valid_from_look! valid_to_look!"
_DATED = "first_receipt_date! receipt_date! sex age_years event_date event_date_precision"

COUNT = (
    made("work.look", "look", "look_no! as_of! is_regular!", key="look_no"),
    made("work.valid_stratum", "stratum in which a version ever counted",
         "stratum_no! stratum! country region", key="stratum_no",
         beware="Strata that still count come first."),
    made("work.valid_case", "version of a case and stretch of looks at which it counts",
         f"{_VERSION} {_VALID} {_DATED}", key="validity_id"),
    made("work.any_drug", "drug of a version that counts at some look",
         """validity_id! drug_seq! role! drug_verbatim active_ingredient substance product_id
         product start_date start_date_precision lot_hmac route indication"""),
    made("work.any_event", "event of a version that counts at some look",
         """validity_id! event_seq! term_verbatim! event! event_code onset_date onset_date_precision
         outcome time_to_onset_days_low time_to_onset_days_high""", key="validity_id event"),
    made("work.product_code", "product", """product_no! product! product_id additional_monitoring!
         in_scope!""", key="product_no",
         beware="product_id is null for a product that is no advanced therapy."),
    made("work.event_code", "event or event group", "event_no! event! event_kind! important!",
         key="event_no"),
    made("work.valid_product", "row of work.valid_case and product in a role that counts",
         f"{_VERSION} product_no! {_VALID}", key="validity_id product_no"),
    made("work.valid_event", "row of work.valid_case and event or event group",
         f"{_VERSION} event_no! {_VALID}", key="validity_id event_no"),
    made("work.this_look", "run: the look that is counted", "look_no! as_of!", key="look_no"),
    made("work.counted_stratum", "stratum in which a case counts at this look",
         "stratum_no! stratum! country region n_cases! valid_stratum_no!", key="stratum_no"),
    made("work.counted_case", "case that counts at this look", f"{_VERSION} {_VALID} {_DATED}",
         key="case_id"),
    made("work.counted_product", "case that counts at this look and product",
         f"{_VERSION} product_no! {_VALID}", key="case_id product_no"),
    made("work.counted_event", "case that counts at this look and event or event group",
         f"{_VERSION} event_no! {_VALID}", key="case_id event_no"),
    made("work.listed_pair", "product and event or event group that is on the list by this look",
         "product_no! event_no! listed! listing!", key="product_no event_no",
         beware="Also of pairs without a case. Listed are those with a checked row."),
    made("work.product_count", "product and stratum, by number",
         "product_no! stratum_no! n_product!", key="product_no stratum_no"),
    made("work.event_count", "event or event group and stratum, by number",
         "event_no! stratum_no! n_event!", key="event_no stratum_no"),
    made("work.cell", "product, event and stratum with a case of both at this look",
         "product_no! event_no! stratum_no! a!", key="product_no event_no stratum_no"),
    made("work.frequent_pair", "product and event with enough versions of both at any look",
         "product_no! event_no!", key="product_no event_no"),
    made("work.chosen_pair", "product and event whose counts are followed from look to look",
         "product_no! event_no!", key="product_no event_no"),
    made("work.chosen_product", "product whose cases are followed from look to look",
         "product_no!", key="product_no"),
    made("work.chosen_event", "event or event group whose cases are followed from look to look",
         "event_no!", key="event_no"),
    made("work.stratum_delta", "look and stratum whose cases change at the look",
         "look_no! stratum_no! delta!", key="look_no stratum_no"),
    made("work.product_delta", "look, chosen product and stratum whose cases change",
         "look_no! product_no! stratum_no! delta!", key="look_no product_no stratum_no"),
    made("work.event_delta", "look, chosen event and stratum whose cases change",
         "look_no! event_no! stratum_no! delta!", key="look_no event_no stratum_no"),
    made("work.cell_delta", "look, chosen pair and stratum whose joint cases change",
         "look_no! product_no! event_no! stratum_no! delta!",
         key="look_no product_no event_no stratum_no"),
)  # fmt: skip
