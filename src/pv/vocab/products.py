"""Advanced therapies, and which one a drug row names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pv.vocab import schema, substances, text
from pv.vocab.errors import VocabularyError
from pv.vocab.reading import Row, read

DrugText = tuple[str | None, str | None]
"""(drug as reported, active ingredient) of a drug row; either may be None."""

_DISTINCTIVE = 5  # letters; shorter words (CELL, GENE) say nothing about which substance is meant


@dataclass(frozen=True, slots=True)
class Product:
    """One advanced therapy; the columns of core.product."""

    product_id: str
    brand: str
    other_brands: tuple[str, ...]
    substance: str
    synonyms: tuple[str, ...]
    whole_text_names: tuple[str, ...]
    route: str | None
    atmp_class: str
    platform: str
    authorisation: str
    conditional: bool
    additional_monitoring: bool
    follow_up_years: int
    follow_up_basis: str
    therapeutic_area: str
    us_approval_date: str | None
    us_approval_precision: str | None
    eu_authorisation_date: str | None
    eu_authorisation_precision: str | None
    eu_end_date: str | None
    eu_end_precision: str | None
    eu_status: str
    note: str | None
    source: str

    def brands(self) -> tuple[str, ...]:
        """The brand names that count anywhere in a text."""
        whole = {text.squeeze(name) for name in self.whole_text_names}
        names = (self.brand, *self.other_brands)
        return tuple(name for name in names if text.squeeze(name) not in whole)

    def names(self) -> tuple[str, ...]:
        """Every name that counts anywhere in a text: brands, substance and synonyms."""
        return (*self.brands(), self.substance, *self.synonyms)


def load(directory: Path | None = None) -> list[Product]:
    """The products, ordered by product_id.

    Raises VocabularyError when a table is malformed or when two products claim one name and
    their routes do not tell them apart.
    """
    rows = read(schema.PRODUCT, directory)
    products = [_product(row) for row in rows]
    _refuse_shared_names(rows, products)
    return products


def rows(directory: Path | None = None) -> list[dict[str, object]]:
    """The products as plain rows for core.product, under the names of its columns.

    Lists of names are `;`-joined text, None if empty; `source` is called `reference` there.
    """
    result: list[dict[str, object]] = []
    for product in load(directory):
        row: dict[str, object] = {
            name: (";".join(value) or None) if isinstance(value, tuple) else value
            for name, value in asdict(product).items()
        }
        row["reference"] = row.pop("source")
        result.append(row)
    return result


def match(
    texts: Sequence[DrugText],
    routes: Sequence[str | None] | None = None,
    directory: Path | None = None,
) -> list[str | None]:
    """The product_id that each (drug as reported, active ingredient) names, or None.

    Meant for the distinct texts of a source. `routes`, of the same length, tells apart products
    that share a substance. See Matcher for the rules.
    """
    return Matcher(load(directory), substances.no_substance(directory)).match(texts, routes)


class Matcher:
    """Finds products by their names at word boundaries.

    1. A brand in the drug as reported decides; else any name in the active ingredient; else a
       substance or synonym in the drug as reported. A text that names several products is
       settled by the next of these three, or stays unmatched.
    2. A name of several products is the one whose route is given, else the one without a route.
    3. A name listed as `whole_text_names` (MACI) counts only when it is the whole text and no
       other substance is given.
    """

    def __init__(self, products: Iterable[Product], no_substance: Iterable[str] = ()) -> None:
        """`no_substance`: ingredient texts that name none (`Unspecified Ingredient`)."""
        self._no_substance = {text.normalise(name) for name in no_substance} | {""}
        self._brands: dict[str, list[Product]] = {}
        self._names: dict[str, list[Product]] = {}
        self._whole: dict[str, list[Product]] = {}
        patterns: set[str] = set()
        for product in products:
            for name in product.names():
                _add(self._names, name, product)
                patterns.add(_pattern(name))
            for name in product.brands():
                _add(self._brands, name, product)
            for name in product.whole_text_names:
                _add(self._whole, name, product)
        # Longest first: `OAV101 IT` must win over `OAV101`. The texts are padded with a space at
        # both ends, so a space on either side is a word boundary.
        longest_first = "|".join(sorted(patterns, key=lambda p: (-len(p), p)))
        self._regex = re.compile(f"(?<= )(?:{longest_first})(?= )") if patterns else None

    def match(
        self, texts: Sequence[DrugText], routes: Sequence[str | None] | None = None
    ) -> list[str | None]:
        """The product_id or None of each text. Raises ValueError when lengths differ."""
        given = routes if routes is not None else [None] * len(texts)
        return [
            self._decide(text.normalise(reported), text.normalise(ingredient), route)
            for (reported, ingredient), route in zip(texts, given, strict=True)
        ]

    def _decide(self, reported: str, ingredient: str, route: str | None) -> str | None:
        in_reported = self._found(reported)
        in_ingredient = self._found(ingredient) if ingredient != reported else in_reported
        place = f" {text.normalise(route)} {reported} {ingredient} "
        brands = _by_route(self._brands, in_reported, place)
        candidates: set[str] = set()
        for tier in (
            brands,
            _by_route(self._names, in_ingredient, place) | self._is_whole(ingredient, ""),
            _by_route(self._names, in_reported, place) | self._is_whole(reported, ingredient),
        ):
            candidates = (candidates & tier or candidates) if candidates else tier
        return next(iter(candidates)) if len(candidates) == 1 else None

    def _found(self, normalised: str) -> set[str]:
        if not normalised or self._regex is None:
            return set()
        return {hit.replace(" ", "") for hit in self._regex.findall(f" {normalised} ")}

    def _is_whole(self, normalised: str, ingredient: str) -> set[str]:
        return {
            product.product_id
            for product in self._whole.get(normalised.replace(" ", ""), [])
            if ingredient in self._no_substance or _share_a_word(ingredient, product)
        }


def _product(row: Row) -> Product:
    return Product(
        product_id=row.text("product_id"),
        brand=row.text("brand"),
        other_brands=row.names("other_brands"),
        substance=row.text("substance"),
        synonyms=row.names("synonyms"),
        whole_text_names=row.names("whole_text_names"),
        route=row["route"],
        atmp_class=row.text("atmp_class"),
        platform=row.text("platform"),
        authorisation=row.text("authorisation"),
        conditional=row.flag("conditional"),
        additional_monitoring=row.flag("additional_monitoring"),
        follow_up_years=int(row.text("follow_up_years")),
        follow_up_basis=row.text("follow_up_basis"),
        therapeutic_area=row.text("therapeutic_area"),
        us_approval_date=row["us_approval_date"],
        us_approval_precision=schema.precision(row["us_approval_date"]),
        eu_authorisation_date=row["eu_authorisation_date"],
        eu_authorisation_precision=schema.precision(row["eu_authorisation_date"]),
        eu_end_date=row["eu_end_date"],
        eu_end_precision=schema.precision(row["eu_end_date"]),
        eu_status=row.text("eu_status"),
        note=row["note"],
        source=row.text("source"),
    )


def _refuse_shared_names(rows: list[Row], products: list[Product]) -> None:
    owners: dict[tuple[str, str], tuple[Row, Product]] = {}
    for row, product in zip(rows, products, strict=True):
        for name in (*product.names(), *product.whole_text_names):
            if not text.squeeze(name):
                raise VocabularyError(f"the name {name!r} has no letter", row.path, row.line)
            key = (text.squeeze(name), text.normalise(product.route))
            first, owner = owners.setdefault(key, (row, product))
            if owner is not product:
                raise VocabularyError(
                    f"{name!r} of {product.product_id} is already a name of {owner.product_id} "
                    f"({first.place()}); only different routes can share a name",
                    row.path,
                    row.line,
                )


def _add(index: dict[str, list[Product]], name: str, product: Product) -> None:
    owners = index.setdefault(text.squeeze(name), [])
    if product not in owners:
        owners.append(product)


def _by_route(index: dict[str, list[Product]], found: set[str], place: str) -> set[str]:
    products: set[str] = set()
    for key in found:
        owners = index.get(key, [])
        fitting = owners
        if len(owners) > 1:
            routed = [p for p in owners if p.route and f" {text.normalise(p.route)} " in place]
            fitting = routed or [p for p in owners if not p.route]
        products.update(product.product_id for product in fitting)
    return products


def _share_a_word(ingredient: str, product: Product) -> bool:
    """Whether the ingredient has a distinctive word of the product's names."""
    own = {word for name in product.names() for word in text.normalise(name).split()}
    return any(word in own for word in ingredient.split() if len(word) >= _DISTINCTIVE)


def _pattern(name: str) -> str:
    """The name with an optional space wherever writers put a hyphen or none (CTL019, CTL-019)."""
    words = []
    for word in text.fold_accents(name).split():
        parts = re.findall(r"[^\W\d_]+|\d+", word)
        if parts:
            words.append(" ?".join(re.escape(part) for part in parts))
    return " ".join(words)
