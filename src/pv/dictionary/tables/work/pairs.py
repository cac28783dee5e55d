"""Work relations of pairs."""

from pv.dictionary.tables.making import made

PAIRS = (
    made(
        "work.signal_change", "row of the history that the state ends or begins",
        """valid_from_state! valid_to_state product! event! event_kind! verdict! n! expected! ic!
        ic025! ror ror025 prr chi2_yates crude_ic025! n_countries! effective_countries top_country
        top_share countries_flagged!""",
        key="product event event_kind valid_from_state",
    ),
)  # fmt: skip
