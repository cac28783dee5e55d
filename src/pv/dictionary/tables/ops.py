"""Tables of ops: runs, files, rows set aside, what is held for a person."""

from pv.dictionary.tables.making import made

OPS = (
    made("ops.source_file", "file received (or missing from a delivery)",
           """file_id! source! name! release staging_table sha256 bytes rows_read! rows_kept!
           rows_quarantined! status! message latest_receipt series issued_on""",
           key="file_id", durability="permanent"),
    made("ops.reissue", "file that came again with other bytes under its name",
           """source! name! release staging_table old_file_id! new_file_id! compared_by!
           rows_before! rows_after! n_added n_withdrawn n_changed run_id""",
           key="old_file_id new_file_id", durability="permanent",
           beware="Tables of a delivery are compared one by one: a case that changed in two has a "
           "row in both."),
    made("ops.acceptance", "file that a person has let in, whatever it takes away",
           "source! name! sha256!", key="source name sha256", durability="permanent",
           beware="Other bytes under the same name are judged anew."),
    made("ops.forgotten", "file whose rows a person took out for good",
         "source! name! sha256! rows_kept! decided_by! decided_at! reason!",
         key="source name sha256 decided_at", durability="permanent",
         beware="What was found while its rows were there stays in history and ledger."),
    made("ops.source_cases", "source with the cases that it has in the files in use",
           "source! cases_in_use!", key="source",
           beware="A case of two sources is in both; deleted and nullified ones are in none. What "
           "the next night would take away is measured against this."),
    made("ops.failed_reading",
         "file that could not be read; the fingerprint is of the code and the limits",
         "source! name! sha256! fingerprint!", key="source name sha256"),
    made("ops.quarantine", "row and the rule it broke",
           "source! file_id! name! line! source_report_id rule! reason! row",
           beware="A row that breaks two rules is here twice: count distinct (file_id, line).",
           durability="received"),
    made("ops.held", "thing that waits for a person's word, while what was before stays in use",
           "kind! source! name! reason! mend!", key="kind source name",
           beware="The night went on without it. Empty is as it should be."),
    made("ops.validation", "expectation checked in the last night that had new rows",
           "suite! rule! severity! success! rows_checked rows_failed detail",
           key="suite rule", durability="received"),
    made("ops.run", "published run",
           """run_id! as_of! code_version! fingerprint! seed! settings! spec! rules! inputs!
           versions! what_if!""", key="run_id"),
    made("ops.data_dictionary", "column of a table or view of the snapshot, or macro of it",
           "table_name! column_name! type! meaning!", key="table_name column_name"),
    made("ops.schema_version", "migration that the tables of the warehouse have had",
           "schema_version! migration!", key="schema_version", durability="permanent"),
    made("ops.lot_key", "lot key that the home has begun with",
           "lot_key_no! lot_key_fingerprint!", key="lot_key_no", durability="permanent"),
    made("ops.case_alert", "case, product and designated event that was ever told as an alert",
           """case_id! product! event! terms! country region first_receipt_date! receipt_date!
           serious fatal time_to_onset_days_low time_to_onset_days_high latency_window alerted_on!
           alerted_by""", key="case_id product event", durability="permanent",
           beware="As it was when it was told. What became of it is in mart.case_alert."),
    made("ops.step_state", "step of the night, as last done", "step! fingerprint!",
           key="step"),
)  # fmt: skip
