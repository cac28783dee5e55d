"""Tables of decisions: what persons said, the trail of it, and where each signal stands."""

from pv.dictionary.tables.making import made

_CHAINED = "Rows are added and never changed; poolvigil audit verify says whether one was."

DECISIONS = (
    made("ops.decision", "what a person said of a signal",
         """decision_no! product! event! event_kind! signal_status! signal_outcome reason!
         evaluation_method action_taken next_review decided_on! decided_by! decided_from run_id!
         as_of! verdict! n_decided! fatal_cases! countries! previous_hash! row_hash!""",
         key="decision_no", durability="permanent",
         beware=f"The last decision of a signal holds. {_CHAINED} run_id and what follows say what "
         "stood in the snapshot that was decided on."),
    made("ops.duplicate_decision", "what a person said of two cases",
         """decision_no! authority! source_case_id! other_authority! other_source_case_id!
         decision! decided_by! decided_at! reason! previous_hash! row_hash!""",
         key="decision_no", durability="permanent",
         beware="The last decision of two cases holds, at every look. The smaller authority and "
         f"number come first. {_CHAINED}"),
    made("ops.audit_event", "thing that a person did",
         """audit_no! audited_at! audited_by! audit_action! audit_subject! audit_detail!
         previous_hash! row_hash!""",
         key="audit_no", durability="permanent", beware=_CHAINED),
    made("mart.signal_status", "signal of the night, or pair that was ever decided on",
         """product! event! event_kind! headline rate_signal! n! n_fatal! countries! signal_status!
         signal_outcome decided_on decided_by next_review decision_no decided_event n_decided
         changed_since returned_because closed!""",
         key="product event event_kind",
         beware="Signals of the night are headlines, flagged pairs of advanced therapies, and "
         "pairs whose rate signals. A headline without a decision of its own has the last one of "
         "a pair of its product that stands under it (decided_event)."),
    made("mart.obligation", "advanced therapy with what its authorisation asks for",
         """product! authorisation hospital_exemption! conditional additional_monitoring eu_status
         follow_up_years first_treated followed_years reference""",
         beware="Years of follow-up are those asked of the therapy's class (docs/vocabulary.md). "
         "followed_years is the longest that anybody can have been followed, not how long people "
         "were; empty where no exposure is known. Patients under hospital exemption are in no "
         "exposure: the gate sets them aside."),
)  # fmt: skip
