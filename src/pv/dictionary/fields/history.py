"""Fields of earlier looks."""

from pv.dictionary.model import Field

FIELDS = (
    Field("first_flagged", "date", "First month end at which the country alone met the rule"),
)  # fmt: skip
