"""Fields of rates against exposure, by latency window."""

from pv.dictionary.model import Field

STATES = ("signal", "excluded", "inconclusive", "not_yet_observable")
ALERT_STATES = ("stands", "duplicate", "recoded", "withdrawn")
RATE_VERDICTS = ("pooled_only", "country_signal", "not_flagged")
_PER = "cases per 1,000 person-years"

FIELDS = (
    Field("rate", "double", "Reports per 1,000 patients treated (a lower bound of the risk)",
          unit="cases per 1,000 patients"),
    Field("rate_lower", "double", "Lower 95% limit of the rate (Garwood)",
          unit="cases per 1,000 patients"),
    Field("rate_upper", "double", "Upper 95% limit of the rate (Garwood)",
          unit="cases per 1,000 patients"),
    # Cases and person-time by latency window.
    Field("from_days", "integer", "First day of the latency window", unit="days", minimum=0),
    Field("n_possible", "bigint", "Cases whose dates allow the window; those without dates are "
          "possible in every window", unit="cases", minimum=0),
    Field("n_before", "bigint", "Cases with the onset before the product was given: in no window, "
          "and not in all; told in the row of all", unit="cases", minimum=0),
    Field("person_years_low", "double", "Person-time where retention is low",
          unit="person-years", minimum=0),
    Field("person_years_high", "double", "Person-time where retention is high",
          unit="person-years", minimum=0),
    Field("gap_days", "integer", "Days between the first and the last day with exposure for "
          "which no exposure is known: who was treated on them is not counted; of a pool that is "
          "the sum of its countries, the most of any", unit="days", minimum=0),
    Field("retention", "varchar", "Name and version of the retention after treatment; where it "
          "is published survival of the product, what it rests on, with its source"),
    Field("rate_py", "double", "Reports over person-time (a lower bound of the risk)", unit=_PER),
    Field("rate_py_lower", "double", "Lower 95% limit of rate_py (Garwood)", unit=_PER),
    Field("rate_py_upper", "double", "Upper 95% limit of rate_py (Garwood)", unit=_PER),
    Field("rate_py_midp_lower", "double", "Lower 95% limit of rate_py (mid-p)", unit=_PER),
    Field("rate_py_midp_upper", "double", "Upper 95% limit of rate_py (mid-p)", unit=_PER),
    # Against the background.
    Field("background_country", "varchar", "Country of the background rate, WORLD where it has "
          "none of its own; null for none, and for a pool that is the sum of its countries"),
    Field("n_compared", "bigint", "Of n, the cases of places with a background rate: what stands "
          "against expected", unit="cases", minimum=0),
    Field("expected_low", "double", "Expected cases where retention is low", unit="cases"),
    Field("expected_high", "double", "Expected cases where retention is high", unit="cases"),
    Field("oe", "double", "Observed over expected: n_compared over expected"),
    Field("oe_lower", "double", "Lower 95% limit of oe (exact; the background's error included)"),
    Field("oe_upper", "double", "Upper 95% limit of oe (exact; the background's error included)"),
    Field("p_excess", "double", "Probability of n_compared cases or more at the background rate, "
          "its error included", minimum=0, maximum=1),
    Field("rr_above_1", "double", "Posterior probability that the rate ratio exceeds 1 "
          "(gamma-Poisson)", minimum=0, maximum=1),
    Field("rr_above_2", "double", "Posterior probability that the rate ratio exceeds 2 "
          "(gamma-Poisson)", minimum=0, maximum=1),
    Field("reporting_fraction", "double", "Share of events that must be reported for the true "
          "observed over expected to stay at 1 or below; lower reporting means an excess",
          minimum=0, maximum=1),
    Field("common_rr", "double", "Exact conditional rate ratio common to the countries"),
    Field("common_rr_lower", "double", "Lower 95% limit of common_rr (exact)"),
    Field("common_rr_upper", "double", "Upper 95% limit of common_rr (exact)"),
    Field("random_rr", "double", "Rate ratio of the conditional binomial-normal random-effects "
          "model over the countries"),
    Field("random_rr_lower", "double", "Lower 95% limit of random_rr (profile likelihood)"),
    Field("random_rr_upper", "double", "Upper 95% limit of random_rr (profile likelihood)"),
    Field("tau2", "double", "Variance between countries of the logarithm of the rate ratio",
          minimum=0),
    # What the window shows.
    Field("rr_upper", "double", "Upper limit of the rate ratio (of the exact two-sided 95% "
          "interval) at its least favourable: every possible case, person-time where retention "
          "is low"),
    Field("exclusion_fraction", "double", "rr_upper over the rate ratio asked about: below 1 that "
          "ratio is excluded, if at least this share of the events is reported"),
    # Case alerts.
    Field("terms", "varchar[]", "Events of the group that the case names"),
    Field("alert_status", "varchar", "stands: the case counts and names both; duplicate: another "
          "case of the same person stands for it; recoded: its current version names product or "
          "event no more; withdrawn: deleted or nullified by its source, or in no file any more",
          allowed=ALERT_STATES),
    Field("counted_with", "bigint", "Case that stands for this one, its duplicate", minimum=1),
    Field("alerted_on", "date", "Data lock point of the night that told the case first"),
    Field("alerted_by", "varchar", "State (state_id) of the night that told the case first"),
    Field("is_new", "boolean", "Told for the first time by this night, or by another of the same "
          "data lock point"),
    Field("state", "varchar", "What the window shows of the rate ratio asked about; "
          "not_yet_observable and inconclusive are not the absence of a signal", allowed=STATES),
    Field("first_signal", "date", "First look at which the row's own sequence of looks signalled"),
    Field("rate_verdict", "varchar", "Verdict of the rates, in the row of the pool: pooled_only "
          "where the pool's sequence has signalled and no country's has", allowed=RATE_VERDICTS),
    Field("first_country_signal", "date", "First look at which a country's sequence signalled"),
    Field("countries_signalled", "varchar[]", "Countries whose own sequence has signalled"),
    # Power.
    Field("critical_n", "bigint", "The fewest cases that are enough, and significant at the "
          "window's share of the error", unit="cases", minimum=1),
    Field("detection_rr2", "double", "Probability of critical_n cases at a rate ratio of 2",
          minimum=0, maximum=1),
    Field("detection_rr5", "double", "Probability of critical_n cases at a rate ratio of 5",
          minimum=0, maximum=1),
    Field("detection_rr10", "double", "Probability of critical_n cases at a rate ratio of 10",
          minimum=0, maximum=1),
    Field("minimal_rr", "double", "Rate ratio that is detected with the power asked for (80%)"),
    Field("person_years_needed", "double", "Person-time in the window that detects the rate ratio "
          "asked about (5) with the power asked for (80%)", unit="person-years", minimum=0),
    Field("patients_needed", "double", "Patients who have passed the window that give as much",
          unit="patients", minimum=0),
    # Time to onset.
    Field("days", "integer", "Days since the product's first administration", unit="days"),
    Field("onset_share_low", "double", "Share of onsets that came by then, the least that the "
          "dates allow", minimum=0, maximum=1),
    Field("onset_share_high", "double", "Share of onsets that came by then, the most that the "
          "dates allow", minimum=0, maximum=1),
    Field("onset_share_lower", "double", "Lower 95% limit of the share, from exact dates alone",
          minimum=0, maximum=1),
    Field("onset_share_upper", "double", "Upper 95% limit of the share, from exact dates alone",
          minimum=0, maximum=1),
    Field("tmax_days", "integer", "Longest follow-up of a reported case: shares are of onsets "
          "within it", unit="days"),
    Field("n_dated", "bigint", "Cases whose dates give a time to onset", unit="cases", minimum=0),
    Field("n_used", "bigint", "Of n_dated, the cases in the share: those with exact dates where "
          "partial ones are too many", unit="cases", minimum=0),
    Field("reliable_from_days", "integer", "Before this day exact dates do not identify the share",
          unit="days"),
    Field("statement", "varchar", "The share in words, with its condition"),
)  # fmt: skip
