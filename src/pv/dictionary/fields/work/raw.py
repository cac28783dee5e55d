"""Fields of the work relations of raw: lines and cells as they are written."""

from pv.dictionary.model import Field

EXPOSURE = """product country period_start period_end reference patients person_years cumulative
quality"""
BACKGROUND = """event country reference sex age_low age_high rate_per_100k rate_low rate_high events
person_years period standard"""
DASHBOARD = """case_id suspect_names suspect_ingredients reactions latest_fda_date reason_for_use
serious outcomes sex event_date case_priority age sender reporter_type report_source
concomitant_names initial_fda_date country manufacturer_number"""

_CELLS = sorted({name for names in (EXPOSURE, BACKGROUND, DASHBOARD) for name in names.split()})

FIELDS = (
    Field("content", "varchar", "The line as it is written; of a quoted table with chr(31) between "
          "its fields and without their quotes; null where there is a problem"),
    Field("problem", "varchar", "Why the line is not parted into fields: line_too_long, not_text, "
          "open_quote"),
    Field("fields", "bigint", "Fields that the line parts into"),
    *(Field(f"{name}_text", "varchar", f"Cell of the column {name}, as written")
      for name in _CELLS),
)  # fmt: skip
