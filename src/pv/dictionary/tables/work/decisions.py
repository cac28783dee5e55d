"""Work relations of decisions."""

from pv.dictionary.tables.making import made

DECISIONS = (
    made("work.noted_signal", "signal of the night, or pair that was ever decided on",
         "product! event! event_kind! headline rate_signal! n!", key="product event event_kind"),
    made("work.noted_decision", "noted pair and the decision that holds for it",
         "product! event! event_kind! decision_no! decided_event",
         key="product event event_kind"),
    made("work.noted_fatal", "noted pair and fatal case of it",
         "product! event! event_kind! case_id! duplicate_group!",
         key="product event event_kind case_id"),
)  # fmt: skip
