"""Fields of the reaction monitoring report."""

from pv.dictionary.model import Field

AGE_GROUPS = ("paediatric", "adult", "geriatric")
_TOLD = {
    "eea": "of countries of the European Economic Area, masked ones among them",
    "paediatric": "of patients under 18",
    "geriatric": "of patients of 65 and more",
    "literature": "whose report names a publication",
    "spontaneous": "whose source says that the report was made of its reporter's own accord",
    "rechallenge": "in which a reaction came back when the product was given again",
}
_REGIONS = {
    "europe": "Europe", "north_america": "North America", "japan": "Japan", "asia": "Asia",
    "rest_of_world": "the rest of the world",
}  # fmt: skip


def _count(name: str, meaning: str) -> Field:
    return Field(name, "bigint", meaning, unit="cases", minimum=0)


def _both(name: str, said: str) -> tuple[Field, Field]:
    unknown = "null where no case is known to be one and some case may be"
    return (
        _count(f"n_{name}", f"Cases {said}; {unknown}"),
        _count(f"n_{name}_new", f"Of the new cases those {said}; {unknown}"),
    )


def _contrast(group: str, others: str) -> tuple[Field, ...]:
    return (
        Field(
            f"relative_ror_{group}",
            "double",
            f"ROR of {group} cases divided by that of "
            f"{others} ones, each pooled over countries and periods; of cases with a known age",
        ),
        Field(f"relative_ror025_{group}", "double", f"Lower 95% limit of relative_ror_{group}"),
        Field(
            f"sdr_{group}",
            "boolean",
            f"relative_ror025_{group} is above 1, with as many {group} cases as the rule asks for",
        ),
    )


FIELDS = (
    Field("age_group", "varchar", "Under 18, 18 to 64, or 65 and more years", allowed=AGE_GROUPS),
    _count("n_serious_new", "Of the new cases those that meet at least one seriousness criterion"),
    *(each for name, said in _TOLD.items() for each in _both(name, said)),
    *(each for name, said in _REGIONS.items() for each in _both(name, f"of {said}")),
    *(Field(f"ror025_{name}", "double", f"Lower 95% limit of the ROR of {said}, stratified by its "
            "countries") for name, said in _REGIONS.items()),
    *(each for group, others in (("paediatric", "older"), ("geriatric", "younger"))
      for each in _contrast(group, others)),
    Field("sdr", "boolean", "Signal of disproportionate reporting: the rule holds in the pool"),
)  # fmt: skip
