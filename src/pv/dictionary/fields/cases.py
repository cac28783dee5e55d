"""Fields of cases, vocabularies, exposure and background rates."""

from pv.dictionary.model import Field

ATMP_CLASSES = ("GTMP", "sCTMP", "TEP", "combined", "none")
COUNTRY_BASES = ("occurrence", "reporter", "worldwide_id", "earlier_version", "none")

DECISIONS = ("confirm", "reject", "withdraw")
# What is compared of two cases, with its name for people.
COMPARED = {
    "product": "rarest product", "products": "other products", "event": "rarest event",
    "events": "other events", "age": "age", "sex": "sex", "country": "country",
    "day": "day of the event", "month": "month of the event", "start": "first administration",
    "lot": "lot", "receipt": "date of receipt", "sender": "sender", "outcome": "outcome",
}  # fmt: skip

FIELDS = (
    # Cases.
    Field("case_id", "bigint", "Case; stays the same over nights", minimum=1),
    Field("current", "boolean", "The version that counts as of the run's date"),
    Field("country", "varchar", "ISO 3166-1 alpha-2 code; null if unknown or masked"),
    Field("country_basis", "varchar", "Which field gave the country", allowed=COUNTRY_BASES),
    Field("country_masked", "boolean", "The authority masked the country to a region"),
    Field("region", "varchar", "Europe, North America, Japan, Asia or Rest of world"),
    Field("stratum", "varchar", "Country, or 'EU (masked)', 'EEA', 'non-EEA', or 'unknown': "
          "the stratum in which the case is compared"),
    Field("is_country", "boolean", "The stratum is a real country: only these can flag"),
    Field("duplicate_group", "bigint", "Smallest case_id among the cases taken for the same one"),
    Field("possible_group", "bigint", "Smallest case_id among the cases that are the same one or "
          "possibly so: the looser grouping, which counts nothing"),
    Field("sources", "varchar", "The sources of the two cases"),
    Field("n_linked", "bigint", "Pairs that evidence alone links", minimum=0),
    Field("n_right", "bigint", "Of these the pairs of one person", minimum=0),
    Field("n_told", "bigint", "Pairs of reports of one person", minimum=0),
    Field("n_found", "bigint", "Of these the pairs in one duplicate group", minimum=0),
    Field("same_group", "boolean", "The two cases are of one duplicate group"),
    Field("decision", "varchar", "What a person said of the two cases", allowed=DECISIONS),
    Field("decision_no", "bigint", "Number of the decision, from 1; of one matter the last one "
          "holds"),
    Field("decided_by", "varchar", "Who decided"),
    Field("decided_at", "timestamp", "When it was decided (UTC)"),
    Field("other_authority", "varchar", "Authority of the other case"),
    Field("other_source", "varchar", "Source of the other case"),
    Field("other_country", "varchar", "Country of the other case"),
    Field("other_source_case_id", "varchar", "The other case's number at its authority"),
    Field("match_bits", "double", "Evidence that the two cases are one: log2 of the likelihood "
          "ratio, the sum of the weights", unit="bits"),
    *(Field(f"weight_{name}", "double", f"Evidence of the {said} that the two are one",
            unit="bits") for name, said in COMPARED.items()),
    Field("is_master", "boolean", "Counts for its duplicate group (highest completeness)"),
    Field("match_probability", "double", "Probability that the case is the same as another: of "
          "its duplicate group, or other_case_id; 1 for deterministic links", minimum=0,
          maximum=1),
    Field("match_rule", "varchar", "Rule that linked the case to its group"),
    Field("completeness", "double", "Share of ten key fields that are filled", minimum=0,
          maximum=1),
    Field("spontaneous", "boolean", "The report was made of its reporter's own accord; false for "
          "studies and programmes, null where the source does not say"),
    # Vocabulary.
    Field("brand", "varchar", "Brand name"),
    Field("other_brands", "varchar", "Other brand names, parted by ;"),
    Field("synonyms", "varchar", "Other names, parted by ;"),
    Field("atmp_class", "varchar", "Class of advanced therapy", allowed=ATMP_CLASSES),
    Field("platform", "varchar", "Kind of advanced therapy, as car_t or aav"),
    Field("authorisation", "varchar", "Way of authorisation"),
    Field("conditional", "boolean", "Conditional marketing authorisation"),
    Field("additional_monitoring", "boolean", "Under additional monitoring (black triangle)"),
    Field("follow_up_years", "integer", "Long-term follow-up asked for", unit="years"),
    Field("hospital_exemption", "boolean", "Made for single patients under hospital exemption, "
          "without a marketing authorisation"),
    Field("first_treated", "date", "First day of the earliest period with patients in "
          "core.exposure; null: none is known"),
    Field("followed_years", "integer", "Whole years from first_treated to the data lock "
          "point: the longest that anybody can have been followed", unit="years", minimum=0),
    Field("therapeutic_area", "varchar", "Therapeutic area"),
    Field("us_approval_date", "varchar", "First approval in the United States"),
    Field("eu_authorisation_date", "varchar", "First authorisation in the European Union"),
    Field("eu_end_date", "varchar", "Withdrawal or expiry in the European Union"),
    Field("eu_status", "varchar", "Status in the European Union"),
    Field("country_name", "varchar", "Name of the country"),
    Field("eea", "boolean", "Of the European Economic Area today"),
    Field("term_basis", "varchar", "By what a term was led to its event: its own spelling, "
          "term_alias.csv, or a name or code of MedDRA",
          allowed=("spelling", "alias", "meddra_name", "meddra_code")),
    Field("quarter", "varchar", "FAERS quarter, as 2025Q4"),
    Field("figure", "varchar", "What is counted of a quarter"),
    Field("found", "bigint", "The figure of the files in use", minimum=0),
    Field("stated", "bigint", "The figure that quarter_facts.csv states", minimum=0),
    Field("old_event", "varchar", "Event that is reported no more"),
    Field("new_event", "varchar", "Event that begins where the other stops"),
    Field("last_seen", "date", "Last receipt of the old event"),
    Field("first_seen", "date", "First receipt of the new event"),
    Field("n_old", "bigint", "Cases with the old event in its last eight quarters", minimum=0),
    Field("n_new", "bigint", "Cases with the new event in its first eight quarters", minimum=0),
    Field("product_similarity", "double", "Cosine of the cases by suspect product of the two "
          "events: 1 is the same products in the same proportions", minimum=0, maximum=1),
    Field("shared_words", "varchar", "Words that both names have"),
    Field("drug_rows", "bigint", "Rows of drugs as received", minimum=0),
    Field("resolved_rows", "bigint", "Rows of drugs that were led to a known ingredient",
          minimum=0),
    Field("product_rows", "bigint", "Of these by a name of an advanced therapy", minimum=0),
    Field("ingredient_rows", "bigint", "Of these by the ingredient that the source gives",
          minimum=0),
    Field("known_name_rows", "bigint", "Of these by a name whose ingredient the vocabulary or "
          "other rows tell", minimum=0),
    Field("unresolved_rows", "bigint", "Rows of drugs that stay under the name as written",
          minimum=0),
    Field("no_drug_rows", "bigint", "Rows that name no drug (unknown, unspecified)", minimum=0),
    Field("resolved_share", "double", "Share of the rows that name a drug which were led to a "
          "known ingredient", minimum=0, maximum=1),
    Field("drug_name", "varchar", "Name of a drug, without what folding takes away"),
    Field("soc", "varchar", "System organ class of MedDRA"),
    Field("event_group", "varchar", "Key of the event group"),
    Field("label", "varchar", "Name for people"),
    Field("late", "boolean", "A late event: may appear years after administration"),
    Field("designated", "boolean", "On the designated list of late events"),
    Field("reason", "varchar", "Why, in plain words"),
    Field("notice_id", "varchar", "Key of the notice"),
    Field("issuer", "varchar", "Who made the notice public"),
    Field("title", "varchar", "What the notice says, in short"),
    Field("reaction", "varchar", "What may happen, in plain words"),
    Field("section", "varchar", "Country or union of the label, and the place in it"),
    Field("listed_since", "date", "Day from which the reaction is surely listed: the last day of a "
          "month or year if no day is known; null if nothing is known, which counts as always"),
    Field("checked", "boolean", "Read in the label, or as the holder or an authority tells it"),
    # Exposure and background.
    Field("period_start", "date", "First day of the period"),
    Field("period_end", "date", "Last day of the period"),
    # Nobody has more patients than there are people, nor a decade of all of them.
    Field("patients", "double", "Patients treated in the period", unit="patients", minimum=0,
          maximum=1e10),
    Field("person_years", "double", "Person-time", unit="person-years", minimum=0, maximum=1e11),
    Field("cumulative", "double", "Patients treated from the first authorisation to period_end",
          unit="patients", minimum=0, maximum=1e10),
    Field("quality", "varchar", "How the figure was obtained, as its source says"),
    Field("reference", "varchar", "Where the figure is published"),
    Field("age_low", "double", "Lowest age of the population", unit="years", minimum=0,
          maximum=130),
    Field("age_high", "double", "Highest age of the population", unit="years", minimum=0,
          maximum=130),
    # Once a year in everybody is no background.
    Field("rate_per_100k", "double", "Background rate", unit="per 100,000 person-years", minimum=0,
          maximum=1e5),
    Field("rate_low", "double", "Lower 95% limit of the rate", unit="per 100,000 person-years",
          minimum=0, maximum=1e5),
    Field("rate_high", "double", "Upper 95% limit of the rate", unit="per 100,000 person-years",
          minimum=0, maximum=1e5),
    Field("events", "double", "Events observed in the background population", minimum=0,
          maximum=1e10),
    Field("period", "varchar", "Period of the background figure"),
    Field("standard", "varchar", "Standard population of an age-adjusted rate"),
)  # fmt: skip
