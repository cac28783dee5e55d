"""Fields of the work relations of count: dense codes and changes of counts."""

from pv.dictionary.model import Field

FIELDS = (
    Field("product_no", "integer", "Number of the product (work.product_code)", minimum=0),
    Field("event_no", "integer", "Number of the event or event group (work.event_code)",
          minimum=0),
    Field("stratum_no", "integer", "Number of the stratum: at one look that of "
          "work.counted_stratum, over all looks that of work.valid_stratum", minimum=0),
    Field("in_scope", "boolean", "The product is in the rule's scope: its lists have an error"),
    Field("important", "boolean", "The event is an event group or in one"),
    Field("period_no", "integer", "Number of the period of receipt, at every look (work.period)",
          minimum=0),
    Field("quarter_no", "integer", "Number of the calendar quarter, four a year", minimum=0),
    Field("known_quarter_no", "integer", "Number of the quarter at whose end it was first known",
          minimum=0),
    Field("valid_stratum_no", "integer", "The stratum's number over all looks (work.valid_stratum)",
          minimum=0),
    Field("n_indication", "bigint", "Cases of both in which the event is what the product was "
          "given for", unit="cases", minimum=0),
    Field("delta", "integer", "Cases that the look adds to the count of the look before it; below "
          "zero where it takes some away", unit="cases"),
)  # fmt: skip
