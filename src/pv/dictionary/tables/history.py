"""Tables of mart: what was seen at earlier looks, and each state that was ever computed."""

from pv.dictionary.tables.making import made

HISTORY = (
    made(
        "mart.first_flag", "pair, and country or 'all' for the pool, that ever met the rule",
        "product! event! event_kind! country! first_flagged!",
        key="product event event_kind country",
        beware="Each look counts what was known by its date. Looked back at are pairs of advanced "
        "therapies that are flagged as of the run's date, in the pool or in a country, and every "
        "pair that the pool flags and no country does.",
    ),
    made(
        "mart.signal_history", "as-of state and flagged product and event (or event group)",
        """state_no! as_of! product! event! event_kind! verdict! n! expected! ic! ic025! ror ror025
        prr chi2_yates crude_ic025! n_countries! effective_countries top_country top_share
        countries_flagged! rule_name! state_id!""",
        key="state_id product event event_kind",
        durability="permanent",
        beware="Append-only: a correction makes a new state (state_no), it changes none. Pairs "
        "that are not listed in a state were not flagged.",
    ),
)  # fmt: skip
