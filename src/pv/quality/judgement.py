"""The rules that people wrote, by the table that they judge.

Conditions may look at `gate.<table>` (the rows under test), at `gate.night` (one row: the
night's date and the days of grace) and at the views of `sql/gate`: `gate.received_report` (those
rows, and what was kept before and stays in use) and what several rows say together. `FILE_RULES`
are about files whole.
"""

from pv.quality.figure_rules import BACKGROUND, EXPOSURE
from pv.quality.report_rules import DRUG, EVENT, REPORT, REPORT_UNKNOWN
from pv.quality.rule_shapes import too_long, unparsed
from pv.quality.rules import FileRule, Rule

RULES: dict[str, list[Rule]] = {
    "staging.report": REPORT,
    "staging.report_drug": DRUG,
    "staging.report_event": EVENT,
    "staging.report_outcome": [
        *too_long(200, "source_report_id", "outcome"), REPORT_UNKNOWN,
    ],
    "staging.report_link": [
        *too_long(200, "source_report_id", "linked_id"), REPORT_UNKNOWN,
    ],
    "staging.report_therapy": [
        *too_long(200, "source_report_id", "drug_seq"), REPORT_UNKNOWN,
        *unparsed("start_date", "end_date"),
    ],
    "staging.report_indication": [
        *too_long(200, "source_report_id", "drug_seq"), *too_long(500, "indication"),
        REPORT_UNKNOWN,
    ],
    "staging.report_source": [
        *too_long(200, "source_report_id", "report_source"), REPORT_UNKNOWN,
    ],
    "staging.exposure": EXPOSURE,
    "staging.background_rate": BACKGROUND,
}  # fmt: skip

# Of a file whole: its view in `sql/gate`, which gives file_id, and what it means. Such a file is
# set aside with every row, fails, and is tried again each night.
FILE_RULES = (
    FileRule(
        "report_not_in_delivery",
        "most rows of this table name a report that the other tables of the delivery do not have: "
        "columns are swapped, or the table is of another quarter; check the delivery and fetch it "
        "again",
        "gate.stray_file",
    ),
)
