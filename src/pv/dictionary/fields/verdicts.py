"""Fields of verdicts and their evidence."""

from pv.dictionary.model import Field

VERDICTS = (
    "pooled_only",
    "country_signal",
    "confounded_by_country",
    "single_country_driven",
    "duplicate_sensitive",
    "pooled_heterogeneous",
    "stimulated",
    "not_flagged",
)

FIELDS = (
    # Verdicts.
    Field("verdict", "varchar", "The verdict (docs/glossary.md)", allowed=VERDICTS),
    Field("reasons", "varchar[]", "Why, in plain words, one sentence each"),
    Field("n_countries", "integer", "Countries that contribute at least one case"),
    Field("effective_countries", "double", "Inverse Simpson index of the countries' cases"),
    Field("top_country", "varchar", "Country with the most cases"),
    Field("top_share", "double", "Share of the cases in top_country", minimum=0, maximum=1),
    Field("countries_flagged", "varchar[]", "Countries that flag on their own"),
    Field("regions_flagged", "varchar[]", "Regions that flag on their own"),
    Field("loco_fragility", "integer", "Countries that must be left out (largest excess first) "
          "before the pool no longer flags"),
    Field("homogeneity_p", "double", "Exact (or Monte Carlo) p-value of equal ratios over the "
          "strata; pairs that only the pool flags and flagged pairs of advanced therapies",
          minimum=0, maximum=1),
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
