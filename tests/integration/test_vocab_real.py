"""The vocabulary against the real files in `../shared/real` beside the checkout."""

import csv
import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from pv.vocab import countries, listed, products

REAL = Path(__file__).resolve().parents[3] / "shared" / "real"

if not REAL.is_dir():
    if os.environ.get("CI"):
        raise FileNotFoundError(f"{REAL}: CI must run the tests on real files")
    pytest.skip("no real files beside the checkout", allow_module_level=True)

Named = tuple[str | None, str | None, str | None]


def table(*path: str) -> list[dict[str, str]]:
    with REAL.joinpath(*path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def named(texts: set[tuple[str | None, str | None]]) -> set[Named]:
    """The texts that name a product, as (product, drug as reported, active ingredient)."""
    ordered = sorted(texts, key=lambda pair: (pair[0] or "", pair[1] or ""))
    found = products.match(ordered)
    return {(p, *pair) for p, pair in zip(found, ordered, strict=True) if p}


def dashboard(column: str) -> set[str]:
    import polars as pl

    values: set[str] = set()
    for path in sorted(REAL.joinpath("faers_dashboard").glob("*.xlsx")):
        cells = pl.read_excel(path, columns=[column], infer_schema_length=0)[column]
        for cell in cells.drop_nulls():
            values.update(cell.split(";"))
    return values


def test_real_list_of_52_products_agrees_in_names_and_dates():
    own = {product.product_id: product for product in products.load()}
    source = table("vocab", "atmp_products.csv")
    assert len(source) == len(own) == 52
    for row in source:
        names = [(brand, None) for brand in row["brand_names"].split(";")]
        (product_id,) = set(products.match(names))
        product = own[str(product_id)]
        assert product.us_approval_date == (row["fda_first_approval"] or None)
        assert product.eu_authorisation_date == (row["eu_first_authorisation"] or None)
        assert product.eu_end_date == (row["eu_withdrawn_or_expired"] or None)


def test_real_ema_list_of_25_agrees_in_class_and_date():
    import polars as pl

    own = {product.product_id: product for product in products.load()}
    ema = pl.read_excel(REAL / "vocab" / "ema_atmp_list_20230401.xlsx", infer_schema_length=0)
    assert ema.height == 25
    for name, kind, day in ema.select("name", "type", "date").iter_rows():
        product = own[str(products.match([(name, None)])[0])]
        iso = day if "-" in day else str(date(1899, 12, 30) + timedelta(days=int(day)))
        assert product.eu_authorisation_date == iso[:10], name
        # MACI: a tissue-engineered product that EMA also classed as combined.
        expected = {"CTMP": "sCTMP", "MACI": "combined"}.get(name if name == "MACI" else kind, kind)
        assert product.atmp_class == expected, name


def test_real_iso_codes_and_legacy_country_names_are_all_known():
    codes = {row["iso2"] for row in table("vocab", "iso3166_alpha2.csv")}
    assert codes <= {country.country for country in countries.load()}
    legacy = table("vocab", "aers_legacy_country_names_to_iso.csv")
    assert len(legacy) == 208
    for row, place in zip(legacy, countries.resolve([r["fda_value"] for r in legacy]), strict=True):
        assert place is not None, row
        if row["iso2"] == "EU":
            assert (place.country, place.masked) == (None, True)
        else:
            assert place.country == row["iso2"], row


def test_real_dashboard_countries_are_all_known():
    values = sorted(dashboard("Country where Event occurred"))
    assert [v for v, p in zip(values, countries.resolve(values), strict=True) if p is None] == []


def test_real_dashboard_products_match_these_and_no_others():
    reported = dashboard("Suspect Product Names") | dashboard("Concomitant Product Names")
    ingredients = dashboard("Suspect Product Active Ingredients")
    assert "Macitentan" in ingredients
    assert named({(name, None) for name in reported}) == {
        ("imlygic", "Talimogene Laherparepvec", None),
        ("provenge", "Provenge", None),
        ("yescarta", "Yescarta", None),
    }
    assert named({(None, name) for name in ingredients}) == {
        ("provenge", None, "Sipuleucel-T"),
        ("yescarta", None, "Axicabtagene Ciloleucel"),
    }


def test_real_faers_quarter_matches_these_and_no_others():
    path = REAL / "faers" / "2025q4" / "DRUG25Q4.txt"
    header, *lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    reported, ingredient = (header.split("$").index(name) for name in ("drugname", "prod_ai"))
    cells = [line.split("$") for line in lines]
    texts = {(row[reported] or None, row[ingredient] or None) for row in cells}
    assert ("OPSUMIT", "MACITENTAN") in texts
    assert named(texts) == {
        ("carvykti", "CARVYKTI", "CILTACABTAGENE AUTOLEUCEL"),
        ("carvykti", "CILTACABTAGENE AUTOLEUCEL", "CILTACABTAGENE AUTOLEUCEL"),
        ("zolgensma", "ZOLGENSMA", "ONASEMNOGENE ABEPARVOVEC-XIOI"),
    }


def test_real_luxturna_reports_each_name_luxturna_and_no_other_product():
    reports = json.loads((REAL / "openfda" / "luxturna.json").read_text(encoding="utf-8"))[
        "results"
    ]
    assert len(reports) == 152
    for report in reports:
        drugs = report["patient"]["drug"]
        texts = [
            (d.get("medicinalproduct"), d.get("activesubstance", {}).get("activesubstancename"))
            for d in drugs
        ]
        assert set(products.match(texts)) - {None} == {"luxturna"}


def test_every_fact_of_the_labels_is_carried_with_its_source():
    """Our words differ where a date or a route stood in theirs."""
    own = {(row.product_id, row.source, row.section.split()[0]): 0 for row in listed.load()}
    facts = {(row.product_id, row.reaction, row.section) for row in listed.load()}
    for row in listed.load():
        own[row.product_id, row.source, row.section.split()[0]] += 1
    theirs: dict[tuple[str, str, str], int] = {}
    brands = {p.brand: p.product_id for p in products.load()}
    for row in table("vocab", "labelled_events.csv"):
        key = brands[row["product"].split("/")[0]], row["source"], row["region"]
        theirs[key] = theirs.get(key, 0) + 1

    assert len(facts) == sum(theirs.values()) == 376
    assert own.keys() == theirs.keys()
    assert all(own[key] >= n for key, n in theirs.items())
