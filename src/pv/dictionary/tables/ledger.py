"""Tables of ops: what each sequential test has looked at, and the error it may spend."""

from pv.dictionary.tables.making import made

_KEY = "product event event_kind latency_window country"
_TEST = f"{' '.join(f'{name}!' for name in _KEY.split())} sequence_no! chain_no!"

LEDGER = (
    made(
        "ops.alpha_ledger", "sequential test of product, event, window and country "
        "('all': the pool)",
        f"""{_TEST} opened_on! horizon! minimum_events! delay! alpha! alpha_spent!
        critical_value! chain_status! closed_on n_at_signal expected_at_signal n_start!
        expected_start! design! design_version! late_alpha late_windows taken_back_on
        taken_back_why""",
        key=f"{_KEY} sequence_no chain_no",
        durability="permanent",
        beware="Each key has its own alpha: over many keys false signals add up. Tests with a "
        "taken_back_on stand no more. Outlives the night: it may know more than a snapshot of an "
        "earlier data lock point; compare dates.",
    ),
    made(
        "ops.sequential_look",
        "look of a sequential test, as it was known then; only ever added to",
        f"{_TEST} as_of! n_seen! n_reported expected_seen! llr signal!",
        key=f"{_KEY} sequence_no as_of",
        durability="permanent",
        beware="Late or corrected reports change no recorded look: they take the sequence back, "
        "and another looks anew (ops.alpha_ledger says which stands). A test that has signalled "
        "looks no more; one that has ended goes on to be counted, without a test.",
    ),
)  # fmt: skip
