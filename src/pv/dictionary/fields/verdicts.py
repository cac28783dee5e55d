"""Fields of verdicts and their evidence."""

from pv.dictionary.model import Field

VERDICTS = (
    "pooled_only",
    "country_signal",
    "confounded_by_country",
    "single_country_driven",
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
    Field("homogeneity_p", "double", "P-value of one ratio of observed to expected in all "
          "strata, given n: exact, simulated (standard error .003 near .05, rougher elsewhere) or, "
          "with 5 and more fitted cases in every stratum, Cochran's Q; flagged pairs only",
          minimum=0, maximum=1),
    Field("rank", "integer", "Place in the list of signals", minimum=1),
    Field("as_of", "date", "Data lock point: what was received by this date counts"),
)  # fmt: skip
