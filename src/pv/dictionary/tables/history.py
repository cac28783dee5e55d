"""Tables of mart: what was seen at earlier looks, and each state that was ever computed."""

from pv.dictionary.tables.making import made

HISTORY = (
    made(
        "mart.first_flag", "pair, and country or 'all' for the pool, that ever met the rule",
        "product! event! event_kind! country! first_flagged!",
        key="product event event_kind country",
        beware="Each look counts what was known by its date. Looked back at are pairs of advanced "
        "therapies or in scope that are flagged as of the run's date, in the pool or in a country, "
        "and every pair that the pool flags and no country does.",
    ),
    made(
        "mart.signal_state", "state that was ever computed",
        "state_no! as_of! state_id! rule_name!",
        key="state_no",
        durability="permanent",
        beware="Append-only: a correction makes a new state, it changes none.",
    ),
    made(
        "mart.signal_history",
        "product and event (or event group), and states in a row that say the same of it",
        """valid_from_state! valid_to_state product! event! event_kind! verdict! n! expected! ic!
        ic025! ror ror025 prr chi2_yates crude_ic025! n_countries! effective_countries top_country
        top_share countries_flagged! family p_value q_value q_country q_pool confirmed
        first_confirmed headline""",
        key="product event event_kind valid_from_state",
        durability="permanent",
        beware="What changed from state to state; the view signal_history shows each state whole. "
        "A row holds from valid_from_state on and, where valid_to_state is given, no longer from "
        "that state on. Pairs without a row in a state were not flagged. States of "
        "earlier versions tell no headline, first_confirmed or chance.",
    ),
)  # fmt: skip
