"""Fields of the work relations of raw: lines and cells as they are written."""

from pv.dictionary.model import Field

EXPOSURE = """product country period_start period_end reference patients person_years cumulative
quality"""
BACKGROUND = """event country reference sex age_low age_high rate_per_100k rate_low rate_high events
person_years period standard"""
DASHBOARD = """case_id suspect_names suspect_ingredients reactions latest_fda_date reason_for_use
serious outcomes sex event_date case_priority age sender reporter_type report_source
concomitant_names initial_fda_date country manufacturer_number weight literature"""
# Individual case safety reports, by what they are in E2B(R3). A text that begins with chr(1) is a
# null flavor (UNK, MSK, ...) in place of a value; chr(2) stands for a value that cannot be read: a
# code of another system, for example.
ICSR = """report_id case_id version worldwide_case_id action first_receipt receipt report_type
literature reporter sender manufacturer_number occurrence_country reporter_country sex age age_unit
weight weight_unit serious death life_threatening hospitalisation disability congenital_anomaly
other_serious"""
ICSR_EVENT = """term event_code event_code_version onset outcome event_country death
life_threatening hospitalisation disability congenital_anomaly other_serious"""
ICSR_DRUG = "role drug_name ingredient dechallenge rechallenge"
ICSR_DOSE = "start end dose_amount dose_unit dose_often route lot"
ICSR_INDICATION = "indication"
ICSR_LINK = "linked_id"
ICSR_PROBLEM = "report_id"
DAEN = "case_id received age sex medicines term"

_CELLS = sorted(
    {
        name
        for names in (
            EXPOSURE, BACKGROUND, DASHBOARD, ICSR, ICSR_EVENT, ICSR_DRUG, ICSR_DOSE,
            ICSR_INDICATION, ICSR_LINK, ICSR_PROBLEM, DAEN,
        )
        for name in names.split()
    }
)  # fmt: skip

FIELDS = (
    Field("content", "varchar", "The line as it is written; of a quoted table with chr(31) between "
          "its fields and without their quotes; null where there is a problem"),
    Field("problem", "varchar", "Why the line is not parted into fields: line_too_long, not_text, "
          "open_quote"),
    Field("fields", "bigint", "Fields that the line parts into"),
    *(Field(f"{name}_text", "varchar", f"Cell or element {name}, as written")
      for name in _CELLS),
)  # fmt: skip
