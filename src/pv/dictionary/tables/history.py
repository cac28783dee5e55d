"""Tables of mart: what was seen at earlier looks."""

from pv.dictionary.tables.making import made

HISTORY = (
    made(
        "mart.earlier_flag", "pair flagged by the pool, and country that flagged earlier",
        "product! event! event_kind! country! first_flagged!",
        key="product event event_kind country",
        beware="Month ends; a case enters at its first receipt with what is known of it now. Only "
        "pairs that no country flags as of the run's date are looked at.",
    ),
)  # fmt: skip
