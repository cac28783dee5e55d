"""Work relations of rates: exposure, backgrounds, cases by latency window, sequential tests."""

from pv.dictionary.tables.making import made

_KEY = "product! event! event_kind! latency_window! country!"
_ROW = "row_no! place_no! window_event_no! window_no!"
_CASE = (
    "validity_id! stratum_no! product_no! product! window_event_no! valid_from_look! valid_to_look!"
)
_DESIGN = "horizon! minimum_events! delay! alpha! alpha_spent! critical_value! n_start!"

EXPOSURE = (
    made("work.covered_period", "product, country and unbroken run of days with exposure",
         "product! country! of_patients! covered_from! covered_until!",
         key="product country of_patients covered_from"),
    made("work.reported_exposure",
         "product, event and country ('all': the pool) with patients treated",
         "product! event! event_kind! country! n! patients!",
         key="product event event_kind country"),
    made("work.planned_cohort",
         "advanced therapy, place and period with exposure, also one still to come",
         "product! country! period_start! period_end! patients! person_years!"),
    made("work.exposed_place", "advanced therapy and country with exposure, or its pool ('all')",
         "place_no! product! country! is_world! is_sum! by_time! gap_days! pool_no!",
         key="place_no"),
    made("work.place_total",
         "place with exposure of its own and place that counts its cases: itself, or the pool that "
         "is a sum",
         "place_no! total_no!", key="place_no total_no"),
    made("work.place_retention", "place (work.exposed_place)", "place_no! retention!",
         key="place_no"),
    made("work.place_cover",
         "place with exposure of its own and unbroken run of days with exposure",
         "place_no! of_patients! covered_from! covered_until!"),
    made("work.cohort", "place and period with exposure that has begun",
         "place_no! period_start! period_end! patients! person_years!",
         key="place_no period_start period_end"),
    made("work.planned_exposure",
         "place with exposure of its own, with the periods still to come",
         "place_no! patients! person_years!", key="place_no"),
)  # fmt: skip

BACKGROUND = (
    made("work.usable_background", "rate of both sexes for an event and population",
         """event_name! country! standard! all_ages! rate_per_100k rate_low rate_high events
         person_years period reference"""),
    made("work.window_event", "event group, or single event that has a background rate of its own",
         "window_event_no! event! event_kind! designated! event_name! other_name! event_group",
         key="window_event_no"),
    made("work.window_background", "event of work.window_event and country with a background rate",
         """background_no! window_event_no! country! standard! reference is_crude! rate_per_100k
         rate_low rate_high events person_years""",
         key="background_no"),
    made("work.window_rate", "place with exposure of its own and event with a background rate",
         "place_no! window_event_no! background_no!", key="place_no window_event_no"),
)  # fmt: skip

CASES = (
    made("work.latency_window", "latency window, and all of them together",
         "window_no! latency_window! from_days! to_days! is_all!", key="window_no"),
    made("work.window_case",
         "version of a case, advanced therapy and event of work.window_event",
         f"""{_CASE} first_receipt_date! start_low start_high onset_low onset_high delay_low
         delay_high""", key="validity_id product_no window_event_no"),
    made("work.placed_case",
         "row of work.window_case and place whose exposure may count its patient",
         """validity_id! place_no! window_event_no! valid_from_look! valid_to_look! delay_low
         delay_high surely_exposed!""", key="validity_id place_no window_event_no"),
    made("work.window_change",
         "place, event, latency window and look at which a count changes",
         """place_no! window_event_no! window_no! look_no! delta! delta_possible! delta_compared!
         delta_compared_possible!""", key="place_no window_event_no window_no look_no"),
    made("work.reported_change",
         "place, event, latency window and look at which the cases reported change",
         "place_no! window_event_no! window_no! look_no! delta_reported!",
         key="place_no window_event_no window_no look_no"),
    made("work.onset_before",
         "place and event with cases whose onset came before the product was given",
         "place_no! window_event_no! n_before!", key="place_no window_event_no"),
    made("work.known_case", "place with cases of the product, of whatever event",
         "place_no! n_known!", key="place_no"),
    made("work.onset_case",
         "case of an advanced therapy and event with a time to onset that counts at the last look",
         "validity_id! product_no! window_event_no! delay_low! delay_high! seen_days!",
         key="validity_id product_no window_event_no"),
    made("work.onset_curve", "advanced therapy, event and day, by number",
         """product_no! window_event_no! days! onset_share_low! onset_share_high! onset_share_lower
         onset_share_upper tmax_days! n_dated! n_used! reliable_from_days""",
         key="product_no window_event_no days"),
)  # fmt: skip

WINDOWS = (
    made("work.window_count", "row of mart.rate_window, by number: cases against person-time and "
         "background",
         f"""{_ROW} n! n_possible! n_before person_years! person_years_low! person_years_high!
         rate_py rate_py_lower rate_py_upper rate_py_midp_lower rate_py_midp_upper n_compared
         expected expected_low expected_high oe oe_lower oe_upper p_excess rr_above_1 rr_above_2
         reporting_fraction rr_upper""", key="row_no"),
    made("work.window_ratio", "row of work.window_count whose countries can be pooled",
         """row_no! common_rr common_rr_lower common_rr_upper random_rr random_rr_lower
         random_rr_upper tau2""", key="row_no"),
    made("work.window_power", "row of work.window_count: what it can show",
         """row_no! first_alpha! critical_n detection_rr2 detection_rr5 detection_rr10 minimal_rr
         expected_needed person_years_needed patients_needed""", key="row_no"),
)  # fmt: skip

TESTS = (
    made("work.tested", "product, event, window and country ('all': the pool) that is looked at",
         f"tested_no! {_KEY}", key="tested_no"),
    made("work.present_look",
         "look at what is tested, as the data tell it now",
         "tested_no! as_of! n_seen! n_reported! expected_seen! is_due!", key="tested_no as_of"),
    made("work.superseded",
         "standing sequence of tests with a look that the data no longer bear out",
         f"{_KEY} sequence_no! taken_back_why!",
         key="product event event_kind latency_window country"),
    made("work.taken_back", "row of ops.alpha_ledger that is taken back",
         f"""{_KEY} sequence_no! chain_no! opened_on! {_DESIGN} expected_start! chain_status!
         closed_on n_at_signal expected_at_signal design! design_version! late_alpha late_windows
         taken_back_on! taken_back_why!""",
         key="product event event_kind latency_window country sequence_no chain_no"),
    made("work.sequential_state",
         "row of work.tested: its last test and look, and the alpha with which a first test opens",
         f"""tested_no! sequence_no! chain_no! chain_status! opened_on! {_DESIGN} expected_start!
         design design_version n_seen! expected_seen! is_added! seen_until! first_alpha! late_alpha
         late_windows""", key="tested_no"),
    made("work.new_look", "look of a sequential test at what no test has seen yet",
         "tested_no! chain_no! as_of! n_seen! expected_seen! llr signal!", key="tested_no as_of"),
    made("work.new_test", "sequential test that was opened or closed",
         f"""tested_no! chain_no! chain_status! opened_on! closed_on {_DESIGN} expected_start!
         n_at_signal expected_at_signal""", key="tested_no chain_no"),
    made("work.sequential_standing", "key of the ledger that had a test by $as_of",
         f"""{_KEY} chain_no! chain_status! signalled_on n_at_signal expected_at_signal last_look!
         n! expected! llr critical_value! horizon! minimum_events! alpha! alpha_spent!""",
         key="product event event_kind latency_window country"),
)  # fmt: skip

_TOLD = """terms! country region first_receipt_date! receipt_date! serious fatal
    time_to_onset_days_low time_to_onset_days_high latency_window"""

ALERTS = (
    made("work.alert_event", "designated event group and event of it",
         "event! event_name! within!", key="event event_name"),
    made("work.alerting_case", "case, duplicates too, product in scope and designated event",
         f"case_id! duplicate_group! is_master! completeness! product! event! {_TOLD}",
         key="case_id product event"),
    made("work.told_case",
         "person's case (duplicates together), product in scope and designated event",
         f"case_id! duplicate_group! product! event! {_TOLD} alerted_on! alerted_by is_new!",
         key="case_id product event"),
)  # fmt: skip

RATES = (*EXPOSURE, *BACKGROUND, *CASES, *WINDOWS, *TESTS, *ALERTS)
