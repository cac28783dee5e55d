"""Fields of decisions: what persons said of signals, and the trail of what they did."""

from pv.dictionary.model import Field

# The steps of signal management (GVP module IX), in their order.
SIGNAL_STATES = (
    "detected", "validated", "not_validated", "confirmed", "under_assessment", "closed",
)  # fmt: skip
SIGNAL_OUTCOMES = (
    "identified_risk", "potential_risk", "already_known", "quality_defect", "refuted", "routine",
)  # fmt: skip
AUDIT_ACTIONS = (
    "signal_decided", "duplicate_decided", "decisions_read", "file_accepted", "file_forgotten",
)  # fmt: skip

FIELDS = (
    Field("signal_status", "varchar", "Where a signal stands in its management (GVP module IX); "
          "detected: nobody has decided, or the decision was taken back", allowed=SIGNAL_STATES),
    Field("signal_outcome", "varchar", "What came of a closed signal: a risk of the product, a "
          "possible one, known and labelled already, a defect of quality, refuted, or nothing but "
          "routine pharmacovigilance", allowed=SIGNAL_OUTCOMES),
    Field("evaluation_method", "varchar", "How the signal was evaluated, in the decider's words"),
    Field("action_taken", "varchar", "What was done or is planned, in the decider's words"),
    Field("next_review", "date", "Day on which the signal is to be looked at again"),
    Field("decided_on", "date", "Day of the decision"),
    Field("decided_from", "varchar", "File below decisions/ that said so; empty: a command"),
    Field("n_decided", "bigint", "Cases with product and event in the snapshot that was decided "
          "on", unit="cases", minimum=0),
    Field("fatal_cases", "json", "Fatal cases of the pair in that snapshot (case_id)"),
    Field("countries", "varchar[]", "Countries with a case of the pair"),
    Field("rate_signal", "boolean", "The pool's rate of a latency window has signalled "
          "(mart.rate_window)"),
    Field("decided_event", "varchar", "Event that was decided on, where it now stands under "
          "another"),
    Field("changed_since", "varchar", "What has materially changed since the decision (settings "
          "returns_*); empty: nothing"),
    Field("returned_because", "varchar", "Why a signal that was closed or not validated is back: "
          "what has materially changed since; empty where it is not back"),
    Field("closed", "boolean", "Closed or not validated, and nothing material has changed since: "
          "it need not be looked at"),
    # The trail.
    Field("audit_no", "bigint", "Number of the event in the trail, from 1", minimum=1),
    Field("audited_at", "timestamp", "When it was recorded (UTC)"),
    Field("audited_by", "varchar", "Who gave the command, or started the night that read the "
          "file"),
    Field("audit_action", "varchar", "What was done", allowed=AUDIT_ACTIONS),
    Field("audit_subject", "varchar", "To what: a signal, two cases, a file"),
    Field("audit_detail", "varchar", "The row_hash of the decision, or what else is known"),
    Field("previous_hash", "varchar", "row_hash of the row before; of the first row 64 zeros"),
    Field("row_hash", "varchar", "SHA-256 of previous_hash and the row's other columns "
          "(docs/decisions.md): a row that is changed, removed or moved no longer fits"),
)  # fmt: skip
