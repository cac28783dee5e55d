"""Fields of runs, files and their rows."""

from pv.dictionary.model import Field

FILE_STATES = ("loaded", "ok", "failed", "missing", "superseded", "same_as", "unread", "held")
HELD_KINDS = ("redelivery", "deletions", "source_loss", "lock_point", "decisions")

FIELDS = (
    # Operations.
    Field("run_id", "varchar", "Run"),
    Field("name", "varchar", "Path of the file below inbox/<source>; members of a zip follow its "
          "name"),
    Field("sha256", "varchar", "SHA-256 of the file (of the zip for its members)"),
    Field("bytes", "bigint", "Size of the file", unit="bytes"),
    Field("staging_table", "varchar", "Staging table whose rows are the file's rows"),
    Field("rows_read", "bigint", "Data rows in the file, good or bad", unit="rows"),
    Field("rows_kept", "bigint", "Rows that are in staging", unit="rows"),
    Field("rows_quarantined", "bigint", "Rows that are in ops.quarantine", unit="rows"),
    Field("status", "varchar", "State of the file", allowed=FILE_STATES),
    Field("message", "varchar", "What was wrong or notable, and how to mend it"),
    Field("latest_receipt", "date", "Last day on which a report of the delivery can have been "
          "received: the end of its quarter, the day of the export; empty where it says none"),
    Field("series", "varchar", "What each issue of a source that is re-issued whole takes the "
          "place of: a year, a list"),
    Field("issued_on", "date", "Day on which the agency gave out this issue; empty for a source "
          "that adds to what it said"),
    Field("old_file_id", "bigint", "File whose place was taken (ops.source_file)"),
    Field("new_file_id", "bigint", "File that took its place"),
    Field("compared_by", "varchar", "What is counted as added, withdrawn or changed: cases of a "
          "table of reports, reports of the tables beside it, rows of others",
          allowed=("case", "report", "row")),
    Field("rows_before", "bigint", "Rows read of the earlier file", unit="rows"),
    Field("rows_after", "bigint", "Rows read of the later file", unit="rows"),
    Field("n_added", "bigint", "What only the later file has; empty where the rows of one of the "
          "two were not at hand", minimum=0),
    Field("n_withdrawn", "bigint", "What only the earlier file had", minimum=0),
    Field("n_changed", "bigint", "What both have, with other content", minimum=0),
    Field("rule", "varchar", "Rule that the row broke"),
    Field("row", "json", "The row without identifying fields; the file in the inbox has the rest",
          private=True),
    Field("kind", "varchar", "Why it is held: a file that came again with fewer rows, a list that "
          "deletes many cases, a source that would lose many cases, a data lock point that jumps, "
          "a file of decisions with a mistake",
          allowed=HELD_KINDS),
    Field("mend", "varchar", "What a person can do about it"),
    Field("cases_in_use", "bigint", "Cases of the source in the files in use, received whenever",
          unit="cases", minimum=0),
    Field("suite", "varchar", "Expectation suite"),
    Field("severity", "varchar", "critical: stops the night; warning: row to quarantine; info: "
          "reported only"),
    Field("success", "boolean", "The rule held for every row (or within its tolerance)"),
    Field("rows_failed", "bigint", "Rows that failed", unit="rows"),
    Field("rows_checked", "bigint", "Rows checked", unit="rows"),
    Field("detail", "varchar", "What the checker said"),
    Field("code_version", "varchar", "Version of poolvigil"),
    Field("lot_key_no", "integer", "Number of the lot key: 1 is the first, and a person has begun "
          "with each later one"),
    Field("lot_key_fingerprint", "varchar", "HMAC-SHA256 of a fixed text under the lot key: tells "
          "whether a key is this one"),
    Field("fingerprint", "varchar", "Hash of everything the result depends on"),
    Field("settings", "json", "Settings of the run"),
    Field("spec", "json", "All that was asked: rule, latency windows, retention, sequential "
          "design, linkage weights, grace of dates, scope and seed"),
    Field("rules", "json", "The rule preset as applied"),
    Field("inputs", "json", "Name and sha256 of every file used"),
    Field("versions", "json", "Versions of the libraries that compute"),
    Field("seed", "integer", "Seed of anything random"),
    Field("what_if", "boolean", "Whether it asks another date or rule than the home's nights: then "
          "it is in no history, and no night knows of it"),
    Field("schema_version", "integer", "Number of the migration; the largest says which tables the "
          "warehouse has", minimum=0),
    Field("migration", "varchar", "What the migration is about"),
    Field("step", "varchar", "Step of the night"),
    Field("table_name", "varchar", "Table"),
    Field("column_name", "varchar", "Column"),
    Field("type", "varchar", "Type"),
    Field("meaning", "varchar", "Meaning, unit and E2B element"),
)  # fmt: skip
