"""Fields of the work relations of pairs."""

from pv.dictionary.model import Field

# What is compared of two cases (spec/linkage.toml).
COMPARED = ("sex", "age", "day", "month", "lot", "country", "receipt", "drugs", "events")
# How many cases of the product agree in a value; days are a share of a month.
_ALIKE = ("sex_1", "age_1", "age_2", "month_1", "lot_1", "country_1", "receipt_1")


def _split(name: str) -> str:
    """`sex_1` as `sex_alike_1`, the name by which the linkage model asks for it."""
    field, level = name.rsplit("_", 1)
    return f"{field}_alike_{level}"


FIELDS = (
    Field("top_n", "bigint", "Cases of top_country", unit="cases", minimum=1),
    Field("best_stratum_no", "integer", "Stratum of the country with the highest p_at_estimate"),
    Field("sight", "varchar", "What the best placed country could have seen, in words"),
    # Conditions and verdicts.
    Field("verdict_place", "integer", "Place of the verdict in the order decided", minimum=0),
    Field("condition_place", "integer", "Place of the condition in the order asked", minimum=0),
    Field("listed_place", "integer", "Place of the verdict in the list of signals", minimum=0),
    # Headlines.
    Field("node_no", "integer", "Place of the pair in the order of folding", minimum=0),
    Field("other_node_no", "integer", "Place of the other pair", minimum=0),
    Field("n_shared", "bigint", "Cases of both nodes", unit="cases", minimum=1),
    Field("headline_product_no", "integer", "Product of the headline", minimum=0),
    Field("headline_event_no", "integer", "Event of the headline", minimum=0),
    # Pairs that are looked at one by one.
    Field("pair_no", "integer", "Position of the pair among those of the look", minimum=0),
    Field("case_no", "integer", "Position of the case among those that are permuted", minimum=0),
    # Other comparators.
    Field("area_no", "integer", "Code of a therapeutic area, from 0", minimum=0),
    Field("n_event_left", "bigint", "Of these the cases with the event that leave", unit="cases",
          minimum=0),
    Field("n_cases_left", "bigint", "Of these the cases that leave", unit="cases", minimum=0),
    Field("word_no", "integer", "Word in which a product has its bit, from 0", minimum=0),
    Field("listing_bit", "bigint", "The bit of a product: a power of 2"),
    Field("listing_bits", "bigint", "The bits of the products that list it, added"),
    # Comparing cases.
    Field("habit", "varchar", "What is compared",
          allowed=("sex", "age", "event", "receipt", "country")),
    Field("habit_value", "bigint", "The value as a number; months count from the year 0"),
    Field("n_with_any", "bigint", "Cases of the product with any value", unit="cases"),
    Field("sex_no", "integer", "1: F, 2: M"),
    Field("age_floor", "integer", "Whole years of age", unit="years"),
    Field("event_month", "bigint", "Month of the event, counted from the year 0"),
    Field("receipt_month", "bigint", "Month of the first receipt, counted from the year 0"),
    Field("received", "date", "First receipt"),
    Field("lots", "varchar[]", "The case's lots of the product, as HMACs"),
    *(
        Field(name, "bigint", "Cases of the product that agree with the value, itself among them",
              unit="cases")
        for name in ("sex_alike", "age_alike_year", "age_alike_tenth", "event_alike",
                     "receipt_alike", "country_alike", "lot_alike")
    ),
    Field("event_known", "bigint", "Cases of the product with a month of the event", unit="cases"),
    *(
        Field(f"{name}_level", "integer", "0: a value is missing; -1: the two disagree; else the "
              "level at which they agree, the closest first")
        for name in COMPARED
    ),
    *(
        Field(_split(name), "double", "Cases of the product that agree with the value at the "
              "level; the mean of the two cases' values", unit="cases")
        for name in _ALIKE
    ),
    *(
        Field(f"day_alike_{level}", "double", "The same, as a share of the month", unit="cases")
        for level in (1, 2)
    ),
    *(
        Field(f"{name}_known", "bigint", "Cases of the product with a value", unit="cases")
        for name in COMPARED[:7]
    ),
    Field("place", "integer", "Position of the comparison", minimum=0),
    Field("match_weight", "double", "Natural log of the likelihood ratio of a match"),
    Field("case_order", "integer", "Place of the case in the order of the authorities' numbers",
          minimum=1),
    Field("other_case_order", "integer", "Place of the other case in that order", minimum=1),
    Field("other_period_no", "integer", "Period of receipt of the other case", minimum=0),
    *(
        Field(f"says_{name}", "varchar", "What the two agree in, in words; empty where they do not")
        for name in COMPARED
    ),
)  # fmt: skip
