"""Tables of mart: counts, disproportionality and verdicts."""

from pv.dictionary.tables.making import made

_TABLE_STATS = "expected! ic! ic025! ic975! ror ror025 ror975 prr chi2_yates rrr"
CELL = "a! b! c! d! expected! ic025! ic975! ror ror025 ror975 prr chi2_yates flagged!"
OF_REGION = f"n! {_TABLE_STATS} flagged!"
OF_PAIR = f"""n! n_product! n_event! n_cases! {_TABLE_STATS}
    ebgm eb05 eb95 expected_by_country! crude_expected! crude_ic! crude_ic025! crude_ic975!
    crude_ror crude_ror025 crude_ror975 crude_prr crude_chi2_yates midp! bh_midp! flagged!
    time_flagged! crude_flagged! loco_fragility! homogeneity_p"""

_ASKED = ("eea", "paediatric", "geriatric", "literature", "spontaneous", "rechallenge",
          "europe", "north_america", "japan", "asia", "rest_of_world")  # fmt: skip
_OF_REGIONS = _ASKED[-5:]
MONITORED = " ".join(
    (
        "n! n_new_cases! n_serious! n_serious_new! n_fatal! n_fatal_new!",
        *(f"n_{asked} n_{asked}_new" for asked in _ASKED), "ror025",
        *(f"ror025_{region}" for region in _OF_REGIONS),
        *(f"relative_ror_{group} relative_ror025_{group}" for group in ("paediatric", "geriatric")),
        "sdr! sdr_paediatric! sdr_geriatric!",
    )
)  # fmt: skip

PAIRS = (
    made("mart.country_margin", "stratum", "stratum! is_country! region n_cases!",
           key="stratum"),
    made("mart.product_margin", "product and stratum", "product! stratum! n_product!",
           key="product stratum"),
    made("mart.event_margin", "event and stratum", "event! event_kind! stratum! n_event!",
           key="event event_kind stratum"),
    made("mart.period_margin", "stratum and period of receipt",
           "stratum! receipt_period! received_from received_to n_cases!",
           key="stratum receipt_period",
           beware="Cases are compared inside a period: what is expected of a pair is added over "
           "them. A closed period is never cut again."),
    made("mart.product_period_margin", "product, stratum and period of receipt",
           "product! stratum! receipt_period! n_product!", key="product stratum receipt_period"),
    made("mart.event_period_margin", "event, stratum and period of receipt",
           "event! event_kind! stratum! receipt_period! n_event!",
           key="event event_kind stratum receipt_period"),
    made(
        "mart.pair_country", "product, event and stratum with at least one case of both",
        f"product! event! event_kind! country! is_country! {CELL}",
        key="product event event_kind country",
        beware="country also holds the strata 'EU (masked)' and 'unknown' (is_country false). "
        "Strata without a case of both are left out here but not from pooled expectations. a, b, "
        "c and d are of the stratum's whole table, the statistics are pooled over its periods of "
        "receipt. What follows from these in closed form (ic, rrr, chi2, crude_expected) is in the "
        "view pairs_by_country and not stored.",
    ),
    made(
        "mart.pair_region", "product, event and region with at least one case of both",
        f"product! event! event_kind! region! {OF_REGION}",
        key="product event event_kind region",
        beware="Stratified by country and period of receipt inside the region.",
    ),
    made(
        "mart.pair", "product and event with at least one case of both, all strata pooled",
        f"product! event! event_kind! {OF_PAIR}",
        key="product event event_kind",
        beware="Screening: the pair statistics do not control error over nightly looks.",
    ),
    made(
        "mart.pair_seriousness",
        "product and event with at least one case of both: what is new, serious, fatal of them",
        "product! event! event_kind! n_new_cases! n_serious! n_fatal! n_fatal_new!",
        key="product event event_kind",
        beware="What a report does not say counts as not serious and not fatal.",
    ),
    made(
        "mart.prior", "run: the prior of EBGM, from all pairs of single events, zeros included",
        """identified! refusal likelihood! alpha1 beta1 alpha2 beta2 weight neg_log_likelihood
        prior_limit certificate""",
    ),
    made(
        "mart.reaction_monitoring",
        "product in scope or advanced therapy, and event with a case of both",
        f"product! event! event_kind! {MONITORED}",
        key="product event event_kind",
        beware="A count is 0 only where every case says no; it is null where none says yes and one "
        "does not say: FDA does not say of a company's report whether it is spontaneous. A case "
        "counts as often as it has the property, so that the counts do not add up.",
    ),
    made(
        "mart.signal", "product and event (or event group) with its verdict",
        """product! atmp_class! event! event_kind! verdict! reasons! n! expected! n_area
        expected_area expected_unmasked ic! ic025! ror ror025 prr chi2_yates ebgm eb05 crude_ic025!
        listed! listing! indication_share! family p_value null_kind expected_false q_value
        q_country q_pool confirmed n_countries! effective_countries top_country top_share
        countries_flagged! regions_flagged! homogeneity_p heterogeneous loco_fragility n_joined
        notice_date
        n_before_notice best_country best_country_power any_country_power pool_power critical_count
        detectable first_pooled first_confirmed first_country gain_days gain_censored
        headline headline_product headline_event headline_event_kind n_rest p_rest lot_cluster!
        rank as_of!""",
        key="product event event_kind",
    ),
    made(
        "mart.signal_condition",
        "pair and condition of the pooled-only verdict that is asked of it",
        "product! event! event_kind! condition! holds! evidence! reason",
        key="product event event_kind condition",
        beware="Asked are pairs that the pool, a country or the collapsed table flags. Spread "
        "and known_country are asked where the pool flags; duplicates and notices of what meets "
        "the first three as far as this look shows, and of flagged pairs in scope or of advanced "
        "therapies; confirmed where the pool or a country flags. An answer may stand here that did "
        "not decide: the verdict is the first in docs/rules.md that applies.",
    ),
    made(
        "mart.possible_duplicate",
        "pair and two of its cases that may be the same one, though no rule links them",
        "product! event! event_kind! case_id! other_case_id! match_probability! agreement!",
        key="product event event_kind case_id other_case_id",
        beware="To be checked by a person: both cases count. Pairs that only the pool flags and "
        "flagged pairs of advanced therapies are compared.",
    ),
)  # fmt: skip
