"""Tables of mart: what each country could have seen, and what chance alone would flag."""

from pv.dictionary.tables.making import made

CHANCES = "p_at_estimate p_at_lower p_at_small_rr p_at_medium_rr p_at_large_rr"

EVIDENCE = (
    made(
        "mart.country_power",
        "pair that the pool flags (of advanced therapies, or flagged by no country now) and "
        "stratum where the product has cases",
        f"product! event! event_kind! country! is_country! a! expected! excess! critical_count "
        f"{CHANCES}",
        key="product event event_kind country",
        beware="Also where no case has both. Strata that are no country cannot flag: they have "
        "neither a critical count nor a probability. An estimate picked out for being high "
        "overstates p_at_estimate: read p_at_lower beside it.",
    ),
    made(
        "mart.region_power",
        "pair of mart.country_power and region where product and event both occur",
        f"product! event! event_kind! region! n! expected! excess! critical_count {CHANCES}",
        key="product event event_kind region",
        beware="The relative risks are those of the pool, not of the region.",
    ),
    made(
        "mart.sensitivity", "flagged pair in scope and variant of what it is counted on",
        "product! event! event_kind! variant! n! expected! ic! ic025! stands!",
        key="product event event_kind variant",
        beware="Of pairs that the pool or a country flags; a variant without a row is none of the "
        "pair: no notice, no known country, or cases that were not compared. stands is of the rule "
        "in the pool, not of the verdict, of which mart.signal_condition tells.",
    ),
    made(
        "mart.permutation_null",
        "permutation of the night's cases, pairs of the products in scope only",
        "permutation! draws! pairs_mean! flagged_mean! pooled_only_mean! pooled_only_sd "
        "pooled_only_share",
        key="permutation",
        beware="The first three conditions of the verdict only, as far as one look shows, so an "
        "upper bound of what chance alone would bring that far, confirmed or not; compare with the "
        "row observed. mart.list_error has those of each list.",
    ),
    made(
        "mart.lot_cluster", "lot or sender and event that cluster",
        "product! event! event_kind! cluster_kind! cluster_of! n_clustered! n_unit! "
        "expected_clustered! n_event_named! n_named! cluster_p! cluster_q! countries!",
        key="product event event_kind cluster_kind cluster_of",
        beware="Flagged or not. Compared with the product's other lots (senders) in the same "
        "countries; cases that name none are left out. A lot that is one patient's cannot cluster. "
        "Senders differ in what they report: one that clusters is a question, not a defect.",
    ),
    made(
        "mart.listed_reaction", "listed product and event (or event group) with a case",
        "product! event! event_kind! designated! n! n_last_year! n_year_before! n_fatal_new! "
        "new_countries! again!",
        key="product event event_kind",
        beware="Flagged or not. Unchecked rows of the list are left out.",
    ),
    made(
        "mart.list_error",
        "family of the products in scope and list of the page",
        "family! list! rows! expected_false! permutation_mean permutation_sd "
        "permutation_exceeds false_per_year!",
        key="family list",
        beware="expected_false counts every pair of the family by its p-value, whatever else a "
        "verdict asks of it: an upper bound. The permutation applies the first three conditions.",
    ),
)  # fmt: skip
