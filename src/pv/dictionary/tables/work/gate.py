"""Work relations of the gate."""

from pv.dictionary.tables.making import made

GATE = (
    made("work.failing", "row of staging that breaks a rule", "file_id! line! rule! reason! row!",
         key="file_id line rule",
         beware="A line of a workbook makes several rows, which may break one rule each."),
)  # fmt: skip
