"""What a plausible exposure and a plausible background rate are."""

from pv.quality.rule_shapes import SMALLEST, too_long, too_small, unparsed
from pv.quality.rules import Rule

EXPOSURE_OVERLAP = "exposure_overlap"
# Of our own layouts: what we lay down ourselves can be written as we read it.
HOW_TO_WRITE = (
    "; write days as 2024-12-31 and numbers with a decimal point and no thousands separator (1200 "
    "or 1.2, never 1.200), and deliver the file again"
)

EXPOSURE = [
    *too_long(300, "product"),
    *too_long(2000, "quality", "reference"),
    too_small("patients", "person_years", "cumulative"),
    Rule(
        "period_reversed",
        "warning",
        "period_start is after period_end",
        "period_start > period_end",
    ),
    Rule(
        "exposure_without_figure",
        "warning",
        "neither patients nor person_years nor cumulative is given",
        "patients is null and person_years is null and cumulative is null",
    ),
    Rule(
        "cumulative_beside_period",
        "warning",
        "cumulative counts from the first authorisation, patients and person_years count in the "
        "period: give them in rows of their own",
        "cumulative is not null and (patients is not null or person_years is not null)",
    ),
    Rule(
        EXPOSURE_OVERLAP,
        "warning",
        "the period overlaps another that came before for this product and country, from whatever "
        "source, so that patients would count twice; give those treated since that period, or "
        "totals in the column cumulative, and deliver the file again",
        "(file_id, line) in (select (file_id, line) from gate.exposure_overlap)",
    ),
    Rule(
        "exposure_exempt",
        "warning",
        "patients under hospital exemption, by the product table or by what the line says of "
        "itself: they are reported to their hospital's authority and not as others are, so that "
        "their time would make a product look safe; give a figure without them, or say `without "
        "hospital exemption` in quality",
        "(file_id, line) in (select (file_id, line) from gate.exposure_exempt)",
    ),
    Rule(
        "exposure_gap",
        "info",
        "between this period and the one before it are days without exposure of this product and "
        "country: nobody treated on them is counted; if nobody was treated, give a row with 0 "
        "patients",
        "(file_id, line) in (select (file_id, line) from gate.exposure_gap)",
    ),
    Rule(
        "cumulative_falls",
        "info",
        "the total is below a total to an earlier day of this product and country: the earlier one "
        "is taken for corrected, and left out from this period_end on",
        "(file_id, line) in (select (file_id, line) from gate.exposure_fall)",
    ),
    Rule(
        "country_malformed",
        "warning",
        "country is neither two capital letters (ISO 3166-1 alpha-2) nor WORLD",
        "not regexp_full_match(country, '[A-Z]{2}|WORLD')",
    ),
    *unparsed(
        "period_start", "period_end", "patients", "person_years", "cumulative",
        severity="warning", mend=HOW_TO_WRITE,
    ),
]  # fmt: skip

BACKGROUND = [
    *too_long(300, "event"),
    *too_long(2000, "period", "standard", "reference"),
    too_small("rate_per_100k", "rate_low", "rate_high", "events", "person_years"),
    Rule(
        "counts_implausible",
        "warning",
        "events over person_years is no rate of a background: over 100,000 or below "
        f"{SMALLEST:f} per 100,000 person-years; are the two swapped?",
        "events > 0 and (person_years = 0 or events / person_years * 1e5 > 1e5 "
        f"or events / person_years * 1e5 < {SMALLEST})",
    ),
    Rule(
        "rate_contradicts_counts",
        "warning",
        "rate_per_100k is more than a hundred times, or less than a hundredth, of events over "
        "person_years: one of the three is in another unit or column",
        "rate_per_100k > 0 and events > 0 and person_years > 0 "
        "and not (rate_per_100k / (events / person_years * 1e5) between 0.01 and 100)",
    ),
    Rule(
        "ages_reversed",
        "warning",
        "age_low is above age_high: are the two swapped?",
        "age_low > age_high",
    ),
    Rule(
        "background_without_rate",
        "warning",
        "neither rate_per_100k nor events with person_years is given",
        "rate_per_100k is null and (events is null or person_years is null)",
    ),
    Rule(
        "rate_outside_limits",
        "warning",
        "rate_low, rate_per_100k and rate_high are not in this order",
        "rate_low > rate_per_100k or rate_per_100k > rate_high or rate_low > rate_high",
    ),
    *unparsed(
        "sex", "age_low", "age_high", "rate_per_100k", "rate_low", "rate_high", "events",
        "person_years", severity="warning", mend=HOW_TO_WRITE,
    ),
]  # fmt: skip
