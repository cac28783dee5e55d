"""Tables of mart: rates against exposure, by latency window."""

from pv.dictionary.tables.making import made

RATES = (
    made(
        "mart.rate", "product and event with known exposure, by country and pooled ('all')",
        "product! event! event_kind! country! n! patients! rate! rate_lower! rate_upper!",
        key="product event event_kind country",
        beware="Spontaneous reports: a lower bound of the risk. Only cases of the exposed country "
        "first received in the days that its exposure covers are divided by its patients.",
    ),
)  # fmt: skip
