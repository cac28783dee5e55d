"""Fields that only the views of a snapshot have."""

from pv.dictionary.model import Field

FIELDS = (
    Field("change", "varchar", "What became of the pair: a new line, a line that is gone, or one "
          "that says something else", allowed=("new", "gone", "changed")),
    Field("verdict_before", "varchar", "Verdict of the state before"),
    Field("n_before", "bigint", "Cases with product and event in the state before", unit="cases",
          minimum=0),
    Field("n_countries_before", "integer", "Countries with a case in the state before", minimum=0),
    Field("confirmed_before", "boolean", "Confirmed in the state before"),
    Field("ic025_before", "double", "Lower 95% limit of the IC in the state before", unit="bits"),
    Field("as_of_before", "date", "Data lock point of the state before"),
    Field("chi2", "double", "Pearson chi-squared of the stratum's table, 1 degree of freedom"),
    # Names that are kept for one version.
    Field("blind", "boolean", "Former column, for one version: not detectable"),
    Field("placebo_kind", "varchar", "Former name, for one version: permutation"),
)  # fmt: skip
