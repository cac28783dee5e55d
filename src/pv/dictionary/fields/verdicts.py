"""Fields of verdicts and their evidence."""

from pv.dictionary.model import Field
from pv.dictionary.verdicts import CONDITIONS, LISTED

ERROR_LISTS = ("pooled_only", "pooled_first", "country_signal", "watch")
PERMUTATIONS = ("observed", "country_labels", "broken_links")
# In the order of the page.
VARIANTS = (
    "as_counted", "without_possible_duplicates", "without_largest_country", "before_notice",
    "known_country", "therapeutic_area", "unmasked", "beyond_listed",
)  # fmt: skip

FIELDS = (
    # Verdicts.
    Field("verdict", "varchar", "The verdict (docs/glossary.md)", allowed=LISTED),
    Field("reasons", "varchar[]", "Why, in plain words, one sentence each"),
    Field("condition", "varchar", "Condition of the pooled-only verdict (docs/rules.md)",
          allowed=tuple(condition.key for condition in CONDITIONS)),
    Field("holds", "boolean", "Whether the condition holds"),
    Field("evidence", "json", "The figures that the answer rests on"),
    Field("n_countries", "integer", "Countries that contribute at least one case"),
    Field("effective_countries", "double", "Inverse Simpson index of the countries' cases"),
    Field("top_country", "varchar", "Country with the most cases"),
    Field("top_share", "double", "Share of the cases in top_country", minimum=0, maximum=1),
    Field("countries_flagged", "varchar[]", "Countries that flag on their own"),
    Field("regions_flagged", "varchar[]", "Regions that flag on their own"),
    Field("loco_fragility", "integer", "Countries to leave out before the pool no longer flags, "
          "each time the one that lowers IC025 most"),
    Field("homogeneity_p", "double", "P-value of one ratio of observed to expected in all "
          "strata, given n: exact, simulated (standard error .003 near .05, rougher elsewhere) or, "
          "with 5 and more fitted cases in every stratum, Cochran's Q; flagged pairs only",
          minimum=0, maximum=1),
    Field("heterogeneous", "boolean", "The countries differ by more than chance: homogeneity_p is "
          "below the rule's homogeneity_alpha (0.01 by default); flagged pairs only"),
    # Chance.
    Field("family", "varchar", "Family in which error is controlled: important (the event is an "
          "event group or in one) or other; null for a product outside the rule's scope",
          allowed=("important", "other")),
    Field("p_value", "double", "Probability of as many cases in the pool without an effect, by "
          "null_kind; 1 where the rule does not hold in the pool", minimum=0, maximum=1),
    Field("null_kind", "varchar", "empirical: ratios scatter as the heavier component of the prior "
          "of the look; sharp: product and event unrelated in every stratum, margins fixed",
          allowed=("empirical", "sharp")),
    Field("expected_false", "double", "Pairs that would be there without any effect: in "
          "mart.signal those of the family with a p_value at most that of the pair, in "
          "mart.list_error those of the list", unit="pairs", minimum=0),
    Field("q_value", "double", "Expected share of false pairs among those that meet every other "
          "condition and are at least as extreme; 1 for a pair that does not meet them, as "
          "country_signal and pooled_first, whose are q_country and q_pool", minimum=0, maximum=1),
    Field("q_country", "double", "The same among the pairs that a country flags now, by the best "
          "country's p-value, of all cells of the family", minimum=0, maximum=1),
    Field("q_pool", "double", "The same as q_value, without the condition that no country flags",
          minimum=0, maximum=1),
    Field("confirmed", "boolean", "Chance alone does not explain it: q_value (where a country has "
          "flagged, q_country or q_pool) is at most the rule's q_max_important or q_max_other; "
          "null where it is not asked"),
    # Listed reactions.
    Field("listed", "boolean", "A public label lists the event for the product (core.listed, "
          "checked) at the data lock point; false means not on our list, never unlisted"),
    Field("listing", "varchar[]", "Where it is listed, or reported as listed, unchecked; empty: "
          "not on our list"),
    Field("n_last_year", "bigint", "Cases first received in the year to the data lock point",
          unit="cases", minimum=0),
    Field("n_year_before", "bigint", "Cases first received in the year before that", unit="cases",
          minimum=0),
    Field("n_new_cases", "bigint", "Cases first received since the last month's end; all, at a "
          "first look", unit="cases", minimum=0),
    Field("n_serious", "bigint", "Cases that meet at least one seriousness criterion", unit="cases",
          minimum=0),
    Field("n_fatal", "bigint", "Cases with death among the outcomes", unit="cases", minimum=0),
    Field("n_fatal_new", "bigint", "Fatal cases with a report since the last month's end",
          unit="cases", minimum=0),
    Field("new_countries", "varchar[]", "Countries whose first case was received since the last "
          "month's end"),
    Field("again", "boolean", "A designated event with a new fatal case or a new country: listed "
          "or not, it stands among the signals"),
    Field("indication_share", "double", "Share of the cases in which the event is what the "
          "product was given for", minimum=0, maximum=1),
    # Headlines.
    Field("headline", "boolean", "The pair is the line of its signal; false: it is folded under "
          "another, to which it adds little; null: it is flagged nowhere, or not in a family"),
    Field("headline_product", "varchar", "Product of the headline that the pair stands under; its "
          "own where it is one"),
    Field("headline_event", "varchar", "Event of that headline"),
    Field("headline_event_kind", "varchar", "event or event_group",
          allowed=("event", "event_group")),
    Field("n_rest", "bigint", "Folded pairs: cases without those of the headline, or, under "
          "another brand of its platform, all", unit="cases", minimum=0),
    Field("p_rest", "double", "Probability of n_rest without an effect; under another brand, of as "
          "many of the platform's cases by this brand's share of what is expected", minimum=0,
          maximum=1),
    # Detectability.
    Field("excess", "double", "Cases above the expected, a - expected or n - expected",
          unit="cases"),
    Field("critical_count", "bigint", "Fewest cases of both at which the run's rule would hold "
          "here, margins as they are (over strata: spread as expected); empty where none would do",
          unit="cases", minimum=0),
    Field("p_at_estimate", "double", "Probability that the rule would have held here if the "
          "relative risk were the pool's n/expected: P(X >= critical_count), X Poisson", minimum=0,
          maximum=1),
    Field("p_at_lower", "double", "The same at the pool's lower limit: 2^ic025 for a rule that "
          "reads it, else the exact limit of n/expected", minimum=0, maximum=1),
    Field("p_at_small_rr", "double", "The same at the first of the rule's reference relative "
          "risks (2 unless ops.run.rules says otherwise)", minimum=0, maximum=1),
    Field("p_at_medium_rr", "double", "The same at the second (5)", minimum=0, maximum=1),
    Field("p_at_large_rr", "double", "The same at the third (10)", minimum=0, maximum=1),
    Field("best_country", "varchar", "Country with the highest p_at_estimate"),
    Field("best_country_power", "double", "p_at_estimate of best_country", minimum=0, maximum=1),
    Field("any_country_power", "double", "Probability at the pool's estimate that at least one "
          "country would have flagged", minimum=0, maximum=1),
    Field("pool_power", "double", "Probability at the pool's estimate that the pool flags",
          minimum=0, maximum=1),
    Field("detectable", "boolean", "At least one country could have been expected to see it: "
          "best_country_power is not below the rule's detectable_from (0.8 by default)"),
    # Sensitivity.
    Field("variant", "varchar", "What the pair is counted on: as_counted (every case), or without "
          "some of the cases, of the pair as of all that it is compared with: "
          "without_possible_duplicates, without_largest_country, before_notice (what was received "
          "by notice_date), known_country; beyond_listed (cases that name an event which the "
          "product does not list). Or compared with others: therapeutic_area (its cases, in "
          "countries with at least 500), unmasked (without cases of other products that list the "
          "event)", allowed=VARIANTS),
    Field("n_area", "bigint", "Cases in the countries where expected_area is reckoned; null where "
          "there is none", unit="cases", minimum=0),
    Field("expected_area", "double", "Cases expected by those of the therapeutic area alone, in "
          "countries where it has at least 500; compare with n_area. Null where there is none, and "
          "for a product outside the rule's scope", unit="cases", minimum=0),
    Field("expected_unmasked", "double", "Cases expected when those of other products that list "
          "the event are left out of the comparator; as expected where there are none, null for a "
          "product outside the rule's scope", unit="cases", minimum=0),
    Field("stands", "boolean", "The run's rule holds in the pool on what the row counts"),
    # Lists and their error.
    Field("list", "varchar", "Verdict whose pairs are listed together", allowed=ERROR_LISTS),
    Field("rows", "integer", "Headlines on the list, without folded pairs", unit="pairs",
          minimum=0),
    Field("permutation_mean", "double", "Pairs on the list, by the night's own thresholds, when "
          "the links between products and events are broken: mean over the draws of broken_links; "
          "empty without a draw", unit="pairs", minimum=0),
    Field("permutation_sd", "double", "Standard deviation over the draws; empty for fewer than two",
          minimum=0),
    Field("permutation_exceeds", "boolean", "permutation_mean is more than expected_false, beyond "
          "three of its Monte Carlo standard errors: chance brings more to the list than it says"),
    Field("false_per_year", "double", "False pairs expected to come new to the list in a year of "
          "nights: 4.4 times expected_false, as in six simulated worlds of monthly looks (Monte "
          "Carlo error .8)",
          unit="pairs", minimum=0),
    # Permutation null.
    Field("permutation", "varchar", "observed: the night's own counts; country_labels: the "
          "countries of all cases permuted; broken_links: within each country the events of the "
          "cases permuted against their products, so that no association is left",
          allowed=PERMUTATIONS),
    Field("draws", "integer", "Permutations that the row is the mean of", minimum=0),
    Field("pairs_mean", "double", "Pairs with at least one case, mean over the draws", minimum=0),
    Field("flagged_mean", "double", "Of these the pairs that the pool flags, mean over the draws",
          minimum=0),
    Field("pooled_only_mean", "double", "Of these the pairs that meet the first three conditions "
          "of the pooled-only verdict as far as one look shows, mean over the draws", minimum=0),
    Field("pooled_only_sd", "double", "Standard deviation over the draws; empty for fewer than two",
          minimum=0),
    Field("pooled_only_share", "double", "pooled_only_mean / pairs_mean; empty without a pair",
          minimum=0, maximum=1),
    # Possible duplicates and notices.
    Field("n_joined", "bigint", "Cases when suspected duplicates are joined; pairs that only the "
          "pool flags and flagged pairs of advanced therapies", unit="cases", minimum=1),
    Field("notice_date", "date", "Day of a notice that makes people report; in mart.signal the "
          "earliest one about the pair, flagged pairs only"),
    Field("n_before_notice", "bigint", "Cases first received up to notice_date", unit="cases",
          minimum=0),
    Field("other_case_id", "bigint", "Case that may be the same one", minimum=1),
    Field("agreement", "varchar[]", "What the two cases agree in; never a value of theirs"),
    Field("rank", "integer", "Place in the list of signals", minimum=1),
    Field("as_of", "date", "Data lock point: what was received by this date counts"),
)  # fmt: skip
