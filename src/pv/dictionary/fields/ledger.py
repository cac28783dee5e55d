"""Fields of the alpha ledger: sequential tests and their looks."""

from pv.dictionary.model import Field

CHAIN_STATES = ("open", "signalled", "ended")
TAKEN_BACK = ("later_than_data", "reports", "exposure")

FIELDS = (
    Field("latency_window", "varchar", "Days or years from the product's first "
          "administration to the onset, or all"),
    Field("sequence_no", "integer", "Sequence of tests of its key: 1, and one more each time the "
          "tests of the key were taken back", minimum=1),
    Field("taken_back_on", "date", "Data lock point of the night that took the test back; null: "
          "it stands"),
    Field("taken_back_why", "varchar", "later_than_data: a look lies after the latest report; "
          "reports: the reports known at a look are others now, or counted otherwise "
          "(specification, vocabulary), and so is n; exposure: less is expected at a look now, or "
          "so much more at the first that the horizon was no plan",
          allowed=TAKEN_BACK),
    Field("chain_no", "integer", "Sequential test of its key: 1, and one more for each extension",
          minimum=1),
    Field("opened_on", "date", "First look of the test"),
    Field("horizon", "double", "Expected events up to which the test looks", unit="events",
          minimum=0),
    Field("minimum_events", "integer", "Fewest events that may signal", unit="events", minimum=1),
    Field("delay", "double", "Expected events before the first test", unit="events", minimum=0),
    Field("alpha", "double", "Probability that the test ever signals without effect", minimum=0,
          maximum=1),
    Field("alpha_spent", "double", "Alpha of this test and of those before it of the same key; an "
          "extension has half of the alpha before it, so that it stays below twice the first",
          minimum=0, maximum=1),
    Field("late_alpha", "double", "Alpha of all late windows of the product, event and country "
          "together, fixed when the first of them opened; null where the window has an alpha of "
          "its own", minimum=0, maximum=1),
    Field("late_windows", "varchar[]", "The late windows that share late_alpha in equal parts, as "
          "planned when the first of them opened; one added later has what they leave"),
    Field("critical_value", "double", "Log-likelihood ratio from which the test signals"),
    Field("chain_status", "varchar", "open: looks on; signalled: for good; ended: reached its "
          "horizon without a signal", allowed=CHAIN_STATES),
    Field("closed_on", "date", "Look at which the test signalled or ended"),
    Field("n_at_signal", "bigint", "Events of the test when it signalled", unit="events"),
    Field("expected_at_signal", "double", "Expected events of the test when it signalled",
          unit="events"),
    Field("n_start", "bigint", "Events of the key before the test, which it does not count",
          unit="events"),
    Field("expected_start", "double", "Expected events of the key before the test",
          unit="events"),
    Field("design", "varchar", "Name of the sequential design"),
    Field("design_version", "integer", "Version of the sequential design"),
    Field("n_seen", "bigint", "Events of the key as known at the look, those of earlier tests "
          "included", unit="events", minimum=0),
    Field("n_reported", "bigint", "Cases reported in the window by the look, whether or not "
          "exposure covers them; null: not kept by the version that looked", unit="cases",
          minimum=0),
    Field("expected_seen", "double", "Expected events of the key as known at the look, those of "
          "earlier chains included; never falls", unit="events", minimum=0),
    Field("llr", "double", "Poisson log-likelihood ratio of the test's own events at the "
          "look; null when the test had ended, or has events where none is expected"),
    Field("signal", "boolean", "The test signalled at this look"),
)  # fmt: skip
