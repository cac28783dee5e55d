"""Fields of the work relations of rates: numbers of places, events and windows, and dates."""

from pv.dictionary.model import Field

FIELDS = (
    # Exposure.
    Field("of_patients", "boolean", "The exposure counts patients; else person-years alone"),
    Field("covered_from", "date", "First of the days with exposure"),
    Field("covered_until", "date", "Last of the days with exposure"),
    Field("place_no", "integer", "Number of the place (work.exposed_place)", minimum=0),
    Field("total_no", "integer", "Number of the place that counts the place's cases", minimum=0),
    Field("pool_no", "integer", "Number of the place that is the product's pool", minimum=0),
    Field("is_world", "boolean", "The exposure is a figure for the world"),
    Field("is_sum", "boolean", "The pool is the sum of its countries"),
    Field("by_time", "boolean", "Some exposure counts patients, so that time since treatment is "
          "known"),
    # Background.
    Field("event_name", "varchar", "Name of the event or event group in small letters"),
    Field("other_name", "varchar", "Key of the event group in small letters, or the event's name"),
    Field("all_ages", "boolean", "The rate is of all ages"),
    Field("is_crude", "boolean", "The events behind the rate are those of the rate"),
    Field("window_event_no", "integer", "Number of the event or event group (work.window_event)",
          minimum=0),
    Field("background_no", "integer", "Number of the background rate (work.window_background)",
          minimum=0),
    Field("within", "varchar[]", "Designated event groups that have every event of this one, and "
          "more"),
    # Cases.
    Field("window_no", "integer", "Number of the latency window (work.latency_window)", minimum=0),
    Field("to_days", "integer", "Last day of the latency window", unit="days", minimum=0),
    Field("is_all", "boolean", "All windows together"),
    Field("start_low", "date", "First day on which the product may have been given first"),
    Field("start_high", "date", "Last day on which the product may have been given first"),
    Field("onset_low", "date", "First day on which the event may have begun"),
    Field("onset_high", "date", "Last day on which the event may have begun"),
    Field("delay_low", "bigint", "Least time to onset that the dates allow", unit="days"),
    Field("delay_high", "bigint", "Longest time to onset that the dates allow", unit="days"),
    Field("seen_days", "bigint", "Days from the first administration to the data lock point",
          unit="days"),
    Field("surely_exposed", "boolean", "The exposure counts the patient for certain"),
    Field("delta_possible", "integer", "The same as delta, of cases that the dates allow",
          unit="cases"),
    Field("delta_compared", "integer", "Of delta, the cases of places with a background rate",
          unit="cases"),
    Field("delta_compared_possible", "integer", "Of delta_possible, the cases of places with a "
          "background rate", unit="cases"),
    Field("n_known", "bigint", "Cases of the product, of whatever event", unit="cases", minimum=0),
    # What a window shows.
    Field("row_no", "bigint", "Number of the row: places, within them events, within them windows",
          minimum=0),
    Field("expected_needed", "double", "Expected cases with which the rate ratio asked about is "
          "detected with the power asked for", unit="cases"),
    # Sequential tests.
    Field("delta_reported", "integer", "Cases in the window that the look adds to those reported "
          "before it, whether or not exposure covers them", unit="cases"),
    Field("is_due", "boolean", "Something has changed since the look before, so that the tests "
          "look; else it only tells what is known by then"),
    Field("tested_no", "bigint", "Number of what is tested (work.tested)", minimum=0),
    Field("first_alpha", "double", "Alpha with which the first test opened or would open; 0 where "
          "the late windows have left none", minimum=0, maximum=1),
    Field("is_added", "boolean", "A late window that was not planned when the others opened"),
    Field("seen_until", "date", "Last look that the test has seen, or may not count"),
    Field("signalled_on", "date", "Look at which the test signalled"),
    Field("last_look", "date", "Last look that was recorded"),
)  # fmt: skip
