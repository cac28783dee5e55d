"""Countries, regions and raw values."""

import pytest

from pv.vocab import VocabularyError, countries
from pv.vocab.schema import REGIONS

ALIAS_HEADER = "value,country,masked,region,note,source"


def test_namibia_is_a_country_and_no_missing_value():
    (place,) = countries.resolve(["NA"])
    assert place == countries.Place("NA", "NA", "Rest of world", False)
    assert "NA" in {row["country"] for row in countries.rows()}


def test_the_eu_mask_is_a_region_and_no_country():
    (place,) = countries.resolve(["EU"])
    assert place == countries.Place("EU", None, "Europe", True, "EU (masked)")
    assert "EU" not in {row["country"] for row in countries.rows()}


@pytest.mark.parametrize("value", ["COUNTRY NOT SPECIFIED", "Not Specified", "-", "A1"])
def test_not_specified_is_known_and_means_no_country(value):
    (place,) = countries.resolve([value])
    assert place is not None
    assert (place.country, place.region, place.masked) == (None, None, False)


@pytest.mark.parametrize("value", [None, "", "  ", "ZZ", "ATLANTIS"])
def test_an_empty_or_unknown_value_has_no_place(value):
    assert countries.resolve([value]) == [None]


@pytest.mark.parametrize(
    ("value", "country"),
    [
        ("us", "US"),
        (" UNITED STATES ", "US"),
        ("Germany", "DE"),
        ("CROATIA (local name: Hrvatska)", "HR"),
        ("COTE D'IVOIRE", "CI"),
        ("Côte d'Ivoire", "CI"),
        ("KOREA, REPUBLIC OF", "KR"),
        ("KOREA, DEMOCRATIC PEOPLE'S REPUBLIC OF", "KP"),
        ("CONGO", "CG"),
        ("ZAIRE", "CD"),
        ("UK", "GB"),
    ],
)
def test_a_name_or_an_older_name_is_read_as_its_code(value, country):
    (place,) = countries.resolve([value])
    assert place is not None
    assert place.country == country


def test_each_region_has_its_countries():
    region = {c.country: c.region for c in countries.load()}
    assert set(region.values()) == set(REGIONS)
    assert [c for c, r in region.items() if r == "Japan"] == ["JP"]
    assert {region[c] for c in ("DE", "GB", "CH", "NO", "CY", "RU", "UA")} == {"Europe"}
    assert {region[c] for c in ("US", "CA", "PR")} == {"North America"}
    assert {region[c] for c in ("CN", "KR", "IN", "IL", "TR", "SA")} == {"Asia"}
    assert {region[c] for c in ("BR", "MX", "AU", "ZA", "NA")} == {"Rest of world"}


def test_there_are_249_assigned_codes_four_dead_ones_and_kosovo():
    assert len(countries.load()) == 249 + 4 + 1
    dead = {c.country: c.valid_to for c in countries.load() if c.valid_to}
    assert dead == {
        "AN": "2010-12-15",
        "CS": "2006-09-26",
        "FX": "1997-07-14",
        "YU": "2003-07-23",
    }


def test_the_european_union_has_27_members_and_had_28_with_the_united_kingdom():
    members = {c.country: c for c in countries.load() if c.eu_from}
    assert len(members) == 28
    assert [c for c, row in members.items() if row.eu_to] == ["GB"]
    assert members["HR"].eu_from == "2013-07-01"


def test_mapping_rows_are_upper_case_trimmed_and_unique():
    values = [str(row["value"]) for row in countries.mapping()]
    assert values == sorted(set(values))
    assert all(value == value.strip().upper() for value in values)


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("DE,FR,false,,,own", "'DE' already means DE"),
        ("SOMEWHERE,QQ,false,,,own", "QQ is not in country.csv"),
        ("MASK,,true,,,own", "a masked value has a region and no country"),
        ("MASK,DE,true,Europe,,own", "a masked value has a region and no country"),
        ("PLACE,DE,false,Europe,,own", "any other alias has no region"),
    ],
)
def test_an_alias_that_contradicts_is_refused(tmp_path, alias, message):
    (tmp_path / "country_alias.csv").write_text(f"{ALIAS_HEADER}\n{alias}\n", encoding="utf-8")
    with pytest.raises(VocabularyError, match=message) as caught:
        countries.places(tmp_path)
    assert str(caught.value).startswith("country_alias.csv:2: ")


def test_a_home_can_name_another_masked_region(tmp_path):
    # A file of before there were strata: its cases stand in one that is named by the region.
    (tmp_path / "country_alias.csv").write_text(
        f"{ALIAS_HEADER}\nNON EEA,,true,Rest of world,,own\n", encoding="utf-8"
    )
    (place,) = countries.resolve(["Non EEA"], tmp_path)
    assert place == countries.Place(
        "NON EEA", None, "Rest of world", True, "Rest of world (masked)"
    )
    (tmp_path / "country_alias.csv").write_text(
        f"{ALIAS_HEADER},stratum\nNORDIC,,true,,,own,Nordic\n", encoding="utf-8"
    )
    (place,) = countries.resolve(["Nordic"], tmp_path)
    assert place == countries.Place("NORDIC", None, None, True, "Nordic")


def test_the_economic_area_is_a_region_and_what_lies_outside_is_none():
    area, outside = countries.resolve(["European Economic Area", "Non European Economic Area"])
    assert area == countries.Place("EUROPEAN ECONOMIC AREA", None, "Europe", True, "EEA")
    assert outside == countries.Place("NON EUROPEAN ECONOMIC AREA", None, None, True, "non-EEA")
