"""Fields of looks: what was known, counted and flagged at each."""

from pv.dictionary.model import Field

FIELDS = (
    Field("look_no", "integer", "Number of the look, in the order of time", minimum=0),
    Field("is_regular", "boolean", "Month end or data lock point; otherwise the lock point of an "
          "earlier night, at which nothing but what the ledger saw then is asked"),
    Field("validity_id", "bigint", "Version of a case and stretch of looks at which it counts"),
    Field("valid_from_look", "integer", "First look at which the version counts", minimum=0),
    Field("valid_to_look", "integer", "First look at which it no longer counts; 2147483647: still"),
    Field("first_flagged", "date", "Date of the first look at which the rule held, with what was "
          "known then"),
    Field("first_pooled", "date", "Date of the first look at which the pool met the rule; null for "
          "pairs whose earlier looks are not kept (mart.first_flag)"),
    Field("first_confirmed", "date", "Date of the first look at which the pool met every condition "
          "but that no country flags, and was confirmed on the list of that look; null: never, or "
          "the pool does not flag now, or the product is not in scope"),
    Field("first_country", "date", "Date of the first look at which a country alone met the rule"),
    Field("gain_days", "integer", "Detection gain: days from the pool's first signal (for pairs: "
          "first_confirmed) to the first country's; without one, to the data lock point; below 0 "
          "where the country was first", unit="days"),
    Field("gain_censored", "boolean", "No country has signalled yet: the gain is at least "
          "gain_days"),
    Field("state_id", "varchar", "As-of date and hash of all that the state depends on (files, "
          "rule, settings, vocabulary, code); a night and a replay have the same"),
    Field("state_no", "integer", "Order in which the states were added; of several states of one "
          "as_of the largest was computed last", minimum=1),
    Field("valid_from_state", "integer", "First state (state_no) that said so", minimum=1),
    Field("valid_to_state", "integer", "First state (state_no) that no longer said so; null: the "
          "last state still does", minimum=2),
    Field("rule_name", "varchar", "Name and version of the rule preset"),
)  # fmt: skip
