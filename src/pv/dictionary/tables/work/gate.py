"""Work relations of the gate."""

from pv.dictionary.tables.making import made

GATE = (
    made("work.failing", "row of staging that breaks a rule", "file_id! line! rule! reason!",
         key="file_id line rule",
         beware="A line of a workbook makes several rows, which may break one rule each."),
    made("work.due_line", "line in quarantine whose date of receipt may be right by what is known "
         "tonight", "file_id! line!", key="file_id line"),
    made("work.asked_line", "line in quarantine that a person wants judged again",
         "file_id! line!", key="file_id line"),
)  # fmt: skip
