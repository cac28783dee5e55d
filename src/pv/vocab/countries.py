"""Countries, their regions, and what each source's way of writing a country means."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pv.vocab import schema
from pv.vocab.errors import VocabularyError
from pv.vocab.reading import Row, read
from pv.vocab.text import fold_accents


@dataclass(frozen=True, slots=True)
class Country:
    """One country or dead code of a country; the columns of core.country.

    `eu_from` and `eu_to` bound its membership of the European Union, `valid_to` the life of a
    withdrawn code (CS, YU, AN, FX).
    """

    country: str
    name: str
    region: str
    region_basis: str
    eu_from: str | None
    eu_to: str | None
    valid_to: str | None
    source: str

    @property
    def eea(self) -> bool:
        """Of the European Economic Area today: the Union's members and three more."""
        member = self.eu_from is not None and self.eu_to is None
        return member or self.country in ("IS", "LI", "NO")


@dataclass(frozen=True, slots=True)
class Place:
    """What a raw value means: a country with its region, a masked region, or nowhere stated.

    The cases of a masked region are compared in `stratum`; its region is None where its countries
    lie in several.
    """

    value: str
    country: str | None
    region: str | None
    masked: bool
    stratum: str | None = None


def load(directory: Path | None = None) -> list[Country]:
    """The countries, ordered by code. Raises VocabularyError."""
    return [_country(row) for row in read(schema.COUNTRY, directory)]


def rows(directory: Path | None = None) -> list[dict[str, object]]:
    """The countries as plain rows for core.country, under the names of its columns."""
    return [
        {
            "country_name" if name == "name" else name: value
            for name, value in {**asdict(c), "eea": c.eea}.items()
        }
        for c in load(directory)
    ]


def places(directory: Path | None = None) -> list[Place]:
    """Every raw value known, ordered: codes, names (with and without accents) and aliases.

    A raw value is compared as `upper(trim(value))`. A raw value that is not here is an error of
    the source, not a missing country: `COUNTRY NOT SPECIFIED` is here, with no country.
    Raises VocabularyError when one value has two meanings or an alias an unknown country.
    """
    known: dict[str, tuple[Place, Row]] = {}
    regions: dict[str, str] = {}

    def add(
        value: str, row: Row, country: str | None, region: str | None, stratum: str | None = None
    ) -> None:
        place = Place(value, country, region, stratum is not None, stratum)
        first, where = known.setdefault(value, (place, row))
        if first != place:
            raise VocabularyError(
                f"{value!r} already means {first.country or first.region} ({where.place()})",
                row.path,
                row.line,
            )

    for row in read(schema.COUNTRY, directory):
        code, name = row.text("country"), row.text("name")
        regions[code] = row.text("region")
        for value in sorted({code, name.upper(), fold_accents(name)}):
            add(value, row, code, regions[code])
    for row in read(schema.COUNTRY_ALIAS, directory):
        code, masked, region, stratum = (
            row["country"], row.flag("masked"), row["region"], row["stratum"],
        )  # fmt: skip
        if code and code not in regions:
            raise VocabularyError(f"{code} is not in country.csv", row.path, row.line)
        if masked != bool(region or stratum) or (masked and code):
            raise VocabularyError(
                "a masked value has a region and no country (without a region, a stratum); any "
                "other alias has no region",
                row.path,
                row.line,
            )
        if masked:
            stratum = stratum or f"{'EU' if region == 'Europe' else region} (masked)"
        add(row.text("value").upper(), row, code, regions[code] if code else region, stratum)
    return [known[value][0] for value in sorted(known)]


def mapping(directory: Path | None = None) -> list[dict[str, object]]:
    """The places as plain rows (value, country, region, masked, stratum), to join on
    upper(trim(raw))."""
    return [asdict(place) for place in places(directory)]


def resolve(values: Sequence[str | None], directory: Path | None = None) -> list[Place | None]:
    """The place of each raw value; None where the value is empty or not known."""
    known = {place.value: place for place in places(directory)}
    return [known.get((value or "").strip().upper()) for value in values]


def _country(row: Row) -> Country:
    return Country(
        country=row.text("country"),
        name=row.text("name"),
        region=row.text("region"),
        region_basis=row.text("region_basis"),
        eu_from=row["eu_from"],
        eu_to=row["eu_to"],
        valid_to=row["valid_to"],
        source=row.text("source"),
    )
