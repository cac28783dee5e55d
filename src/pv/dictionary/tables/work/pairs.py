"""Work relations of pairs."""

from pv.dictionary.fields.work.pairs import COMPARED
from pv.dictionary.tables.evidence import CHANCES
from pv.dictionary.tables.making import made
from pv.dictionary.tables.pairs import CELL, OF_PAIR, OF_REGION
from pv.dictionary.verdicts import CONDITIONS

_PAIR = "product_no! event_no!"
_NAMED = "product! event! event_kind!"
_KEY, _NAME = _PAIR.replace("!", ""), _NAMED.replace("!", "")
_LEVELS = " ".join(f"{name}_level!" for name in COMPARED)
_ALIKE = """sex_alike_1! sex_known! age_alike_1! age_alike_2! age_known! day_alike_1! day_alike_2!
    day_known! month_alike_1! month_known! lot_alike_1! lot_known! country_alike_1! country_known!
    receipt_alike_1! receipt_known!"""

PAIRS = (
    # Statistics.
    made("work.cell_statistic", "product, event and stratum with at least one case of both",
         f"{_PAIR} stratum_no! {CELL}", key=f"{_KEY} stratum_no"),
    made("work.pair_statistic", "product and event with at least one case of both",
         f"{_PAIR} {OF_PAIR}", key=_KEY),
    made("work.region_statistic", "product, event and region with at least one case of both",
         f"{_PAIR} stratum_no! {OF_REGION}", key=f"{_KEY} stratum_no",
         beware="Any stratum of the region stands for it."),
    made("work.pair_spread", "pair with a case of a known country",
         f"{_NAMED} n_countries! effective_countries! top_country! top_n!", key=_NAME),
    made("work.first_flagged", "pair, and country or 'all' for the pool, that ever met the rule",
         f"{_PAIR} country! look_no!", key=f"{_KEY} country"),
    made("work.first_confirmed", "pair that was ever confirmed and at which look first",
         f"{_PAIR} look_no!", key=_KEY),
    # Reaction monitoring.
    made("work.monitored_pair",
         "product in scope or advanced therapy, and event with a case of both",
         f"pair_no! {_PAIR}", key="pair_no"),
    made("work.aged_case", "case that counts and whose age is known",
         "case_id! period_no! age_group!", key="case_id"),
    made("work.aged_total", "age group and period, by number", "age_group! period_no! n_cases!",
         key="age_group period_no"),
    made("work.aged_product", "age group, monitored product and period, by number",
         "age_group! product_no! period_no! n_product!", key="age_group product_no period_no"),
    made("work.aged_event", "age group, monitored event (or event group) and period, by number",
         "age_group! event_no! period_no! n_event!", key="age_group event_no period_no"),
    made("work.aged_cell", "age group, monitored pair and period with a case of both, by number",
         "age_group! pair_no! period_no! a!", key="age_group pair_no period_no"),
    made("work.age_contrast", "pair of work.monitored_pair",
         """pair_no! relative_ror_paediatric relative_ror025_paediatric relative_ror_geriatric
         relative_ror025_geriatric""", key="pair_no"),
    # Headlines.
    made("work.node", "flagged pair in scope, in the order in which they are folded",
         f"node_no! {_PAIR}", key="node_no"),
    made("work.shared_case", "two nodes of one product and stratum with cases of both",
         "node_no! other_node_no! stratum_no! n_shared!", key="node_no other_node_no stratum_no"),
    made("work.node_kin", "two nodes of one product whose events are parent and child",
         "node_no! other_node_no!", key="node_no other_node_no"),
    made("work.platform", "advanced therapy that is reported", "product_no! platform!",
         key="product_no"),
    made("work.platform_case", "platform and event with nodes of two products of it",
         "platform! event_no! n!", key="platform event_no"),
    made("work.headline", "node, and the headline that it stands under",
         f"{_PAIR} headline! headline_product_no! headline_event_no! n_rest p_rest", key=_KEY),
    # Detectability.
    made("work.country_chance", "pair that is looked at and stratum where the product has cases",
         f"{_PAIR} stratum_no! is_country! a! expected! excess! critical_count {CHANCES}",
         key=f"{_KEY} stratum_no"),
    made("work.region_chance", "pair that is looked at and region where both occur",
         f"{_PAIR} stratum_no! n! expected! excess! critical_count {CHANCES}",
         key=f"{_KEY} stratum_no", beware="Any stratum of the region stands for it."),
    made("work.pair_chance", "pair that is looked at",
         f"""{_PAIR} best_stratum_no! best_country_power any_country_power! detectable!
         critical_count pool_power!""", key=_KEY),
    made("work.pair_power", "pair that is looked at in mart.country_power",
         f"""{_NAMED} best_country best_country_power any_country_power! detectable!
         critical_count pool_power! sight""", key=_NAME),
    # Permutation null.
    made("work.permuted_case", "case that counts now, in the order in which cases are permuted",
         "case_no! case_id! period_no!", key="case_no"),
    made("work.permuted_event", "case of work.permuted_case and event or event group",
         "case_no! event_no!", key="case_no event_no"),
    made("work.permuted_product", "case of work.permuted_case and product in scope",
         "case_no! product_no!", key="case_no product_no"),
    # Notices.
    made("work.notice_pair", "pair of which the condition notices is asked", f"pair_no! {_PAIR}",
         key="pair_no"),
    made("work.noticed", "pair asked with a notice by the day of the look",
         f"pair_no! {_PAIR} notice_id! notice_date! issuer! title!", key="pair_no"),
    made("work.noticed_count", "pair of work.noticed and period with a case by the day of its "
         "notice", "pair_no! period_no! a! n_product! n_event! n_cases!",
         key="pair_no period_no"),
    made("work.pair_notice", "pair of work.noticed, by name",
         f"{_NAMED} notice_date! issuer! title! n_before_notice!", key=_NAME),
    # Possible duplicates.
    made("work.compared_pair", "pair whose cases are compared", f"pair_no! {_PAIR}",
         key="pair_no"),
    made("work.joint_case",
         "pair of work.compared_pair and case with both, of pairs with two and more",
         "pair_no! product_no! validity_id! case_id! stratum_no! period_no! n! case_order!",
         key="pair_no case_id"),
    made("work.product_habit", "product with a joint case, what is compared, and a value of it",
         "product_no! habit! habit_value! n! n_with_any!", key="product_no habit habit_value"),
    made("work.joint_detail", "product and joint case",
         """product_no! validity_id! case_id! stratum_no! country region sex_no age_years age_floor
         event_date event_date_precision event_month received! receipt_month! lots! sex_alike!
         sex_known! age_alike_year! age_alike_tenth! age_known! event_alike! event_known!
         receipt_alike! receipt_known! country_alike! country_known! lot_alike! lot_known!""",
         key="product_no case_id"),
    made("work.compared", "product and two of its joint cases that may be the same one",
         f"product_no! case_id! other_case_id! {_LEVELS} {_ALIKE}",
         key="product_no case_id other_case_id"),
    made("work.heavy", "comparison with weight enough",
         "place! product_no! case_id! other_case_id! match_weight!", key="place"),
    made("work.matched", "pair and two of its cases with weight enough",
         """pair_no! n! case_id! other_case_id! period_no! other_period_no! case_order!
         other_case_order! place! match_weight!""",
         key="pair_no case_id other_case_id"),
    made("work.linked_pair", "pair and two of its cases that may be the same one",
         f"""{_PAIR} case_id! other_case_id! match_probability!
         {' '.join(f'says_{c}!' for c in COMPARED)}""", key=f"{_KEY} case_id other_case_id"),
    # Sensitivity.
    made("work.pair_variant", "flagged pair in scope and variant of what it is counted on",
         f"{_PAIR} variant! n! expected! ic! ic025! stands!", key=f"{_KEY} variant"),
    # Other comparators.
    made("work.scope_pair", "pair whose product is in scope", f"pair_no! {_PAIR}", key="pair_no"),
    made("work.product_area", "product of a therapeutic area that has a product in scope",
         "product_no! area_no!", key="product_no"),
    made("work.area_case", "case that counts at this look and therapeutic area of one of its "
         "products", "area_no! validity_id! period_no!", key="area_no validity_id"),
    made("work.area_count", "therapeutic area and period", "area_no! period_no! n_cases!",
         key="area_no period_no"),
    made("work.area_event_count", "therapeutic area, event or event group, and period",
         "area_no! event_no! period_no! n_event!", key="area_no event_no period_no"),
    made("work.masked_case", "event of a pair in scope and case of a product that lists it",
         "event_no! validity_id! period_no!", key="event_no validity_id"),
    made("work.masked_count", "event and period with a case of a product that lists it",
         "event_no! period_no! n_cases! n_event!", key="event_no period_no"),
    made("work.masked_own", "pair in scope and period where cases of the product are cases of a "
         "product that lists the event", "pair_no! period_no! n_cases! n_event!",
         key="pair_no period_no"),
    made("work.masked_left", "pair in scope and period whose comparator loses cases",
         "pair_no! period_no! n_product! n_event! n_cases! n_event_left! n_cases_left!",
         key="pair_no period_no"),
    made("work.pair_comparator", "pair whose product is in scope",
         f"{_PAIR} n_area expected_area expected_unmasked!", key=_KEY),
    made("work.sensitive_pair", "flagged pair in scope", f"pair_no! {_PAIR}", key="pair_no"),
    made("work.listing_bit", "product of a pair in question that lists an event",
         "product_no! word_no! listing_bit!", key="product_no"),
    made("work.listing_word", "single event that some of these products list, and word of their "
         "bits", "event_no! word_no! listing_bits!", key="event_no word_no"),
    made("work.listed_only", "case and word with the bits of the products that list every event of "
         "the case", "validity_id! period_no! word_no! listing_bits!", key="validity_id word_no"),
    made("work.beyond_left", "pair in question and period with a case that names only listed "
         "events of the product", "pair_no! period_no! n_cases! n_product! n_event! a!",
         key="pair_no period_no"),
    # Conditions and verdicts.
    made("work.asked_pair", "pair of which the conditions are asked", _PAIR, key=_KEY),
    *(
        made(f"work.answer_{c.key}", f"pair of which the condition {c.key} is asked",
             f"{_PAIR} holds! evidence! reason", key=_KEY)
        for c in CONDITIONS
        if c.answered_by == "sql"
    ),
    made("work.pair_answer", "pair and condition that is asked of it",
         f"{_PAIR} condition! holds! evidence! reason", key=f"{_KEY} condition"),
    made("work.verdict_requirement",
         "clause of a verdict and condition that it requires to hold or to fail",
         "verdict_place! verdict! condition_place! condition! holds!",
         key="verdict_place condition_place"),
    made("work.listed_verdict", "verdict", "verdict! listed_place!", key="verdict"),
    made("work.pair_verdict", "pair of which the conditions are asked",
         f"{_NAMED} verdict! verdict_place!", key=_NAME),
    made("work.pair_reason", "pair of which the conditions are asked, with its reasons",
         f"{_NAMED} reasons!", key=_NAME),
    made("work.pair_error", "pair whose product is in scope",
         f"""{_PAIR} family! p_value! null_kind! expected_false! q_value! q_country! q_pool!""",
         key=_KEY),
    # History.
    made(
        "work.signal_change", "row of the history that the state ends or begins",
        """valid_from_state! valid_to_state product! event! event_kind! verdict! n! expected! ic!
        ic025! ror ror025 prr chi2_yates crude_ic025! n_countries! effective_countries top_country
        top_share countries_flagged! family p_value q_value q_country q_pool confirmed
        first_confirmed headline""",
        key="product event event_kind valid_from_state",
    ),
    made("work.unit_case", "case that counts, product in scope, and lot or sender that it names",
         "case_id! product_no! stratum_no! cluster_kind! cluster_of!",
         key="case_id product_no cluster_kind cluster_of"),
    made("work.unit_event", "lot or sender and event with enough cases of both",
         "product_no! cluster_kind! cluster_of! event_no! n_clustered!",
         key="product_no cluster_kind cluster_of event_no"),
    made("work.unit_stratum", "lot or sender, event, and country where it has cases",
         """product_no! cluster_kind! cluster_of! event_no! stratum_no! n_unit! n_named!
         n_event!""", key="product_no cluster_kind cluster_of event_no stratum_no"),
    made("work.unit_tests",
         "product and kind of cluster, with the lots or senders and events that might cluster",
         "product_no! cluster_kind! n_tests!", key="product_no cluster_kind"),
    made("work.found_cluster", "lot or sender and event that cluster, by number",
         """product_no! cluster_kind! cluster_of! event_no! n_clustered! n_unit!
         expected_clustered! n_event_named! n_named! cluster_p! cluster_q!""",
         key="product_no cluster_kind cluster_of event_no"),
)  # fmt: skip
