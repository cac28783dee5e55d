"""Tables of mart: rates against exposure, by latency window."""

from pv.dictionary.tables.making import made

RATES = (
    made(
        "mart.rate", "product and event with known exposure, by country and pooled ('all')",
        "product! event! event_kind! country! n! patients! rate! rate_lower! rate_upper!",
        key="product event event_kind country",
        beware="Spontaneous reports: a lower bound of the risk. Only cases of the exposed country "
        "first received on a day that its exposure covers are divided by its patients.",
    ),
    made(
        "mart.rate_window",
        "advanced therapy with exposure, event, latency window and country with exposure, or the "
        "pool ('all')",
        """product! event! event_kind! latency_window! country! n! n_possible! n_before
        person_years! person_years_low! person_years_high! rate_py rate_py_lower rate_py_upper
        rate_py_midp_lower rate_py_midp_upper background_country standard reference n_compared
        expected expected_low expected_high oe oe_lower oe_upper p_excess rr_above_1 rr_above_2
        reporting_fraction common_rr common_rr_lower common_rr_upper random_rr random_rr_lower
        random_rr_upper tau2 rr_upper exclusion_fraction state! reason! chain_status horizon alpha
        first_signal rate_verdict first_country_signal countries_signalled gain_days
        gain_censored retention! from_days! gap_days!""",
        key="product event event_kind latency_window country",
        beware="Spontaneous reports are a lower bound: nothing is scaled up for what is not "
        "reported, and excluded holds only down to exclusion_fraction. Person-time rests on an "
        "assumed retention. Windows do not add up to all in n: a case without exact dates may "
        "count in all alone.",
    ),
    made(
        "mart.power", "row of mart.rate_window",
        """product! event! event_kind! latency_window! country! person_years! expected critical_n
        detection_rr2 detection_rr5 detection_rr10 minimal_rr person_years_needed
        patients_needed""",
        key="product event event_kind latency_window country",
        beware="At one look with all events reported: a sequence of looks, and reporting as it "
        "is, need more.",
    ),
    made(
        "mart.time_to_onset",
        "advanced therapy, event and day, where at least 5 cases have dates",
        """product! event! event_kind! days! onset_share_low! onset_share_high! onset_share_lower
        onset_share_upper tmax_days! n_dated! n_used! reliable_from_days statement!""",
        key="product event event_kind days",
        beware="Given that the onset comes within tmax_days: of later onsets nothing is known.",
    ),
    made(
        "mart.case_alert",
        "case, product in scope and designated event, told as an alert",
        """case_id! authority! source_case_id! product! event! event_kind! terms! alert_status!
        counted_with alerted_on! alerted_by is_new! country region first_receipt_date!
        receipt_date! serious fatal time_to_onset_days_low time_to_onset_days_high
        latency_window listed!""",
        key="case_id product event",
        beware="For individual assessment: a single case is no signal, and alerted_on no "
        "detection. Of a case that stands no more the row is as it was told.",
    ),
)  # fmt: skip
