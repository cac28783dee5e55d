"""The product table and its matcher."""

from pathlib import Path

import pytest

from pv.cases.coding import exempt_products
from pv.vocab import VocabularyError, tables
from pv.vocab.products import Matcher, load, match, rows
from pv.vocab.text import normalise


def home_with(folder: Path, **changes: str) -> Path:
    """A home's product.csv: the shipped Kymriah row with another id and some values changed."""
    header, *lines = tables()["product"][0].read_text(encoding="utf-8").splitlines()
    kymriah = next(line for line in lines if line.startswith("kymriah,"))
    names = header.split(",")
    values = dict(zip(names, kymriah.split(","), strict=True))
    values |= {"product_id": "new", "brand": "Newbrand", "substance": "newgene newleucel"}
    values |= {"synonyms": "", **changes}
    (folder / "product.csv").write_text(
        f"{header}\n{','.join(values[name] for name in names)}\n", encoding="utf-8"
    )
    return folder


def test_a_home_says_which_products_are_under_hospital_exemption(tmp_path: Path):
    assert exempt_products(None) == set()
    assert exempt_products(home_with(tmp_path, authorisation="hospital_exemption")) == {"new"}


def test_there_are_52_shipped_products_with_distinct_ids_and_brands():
    products = load()
    assert len(products) == 52
    assert len({p.product_id for p in products}) == 52
    assert len({normalise(p.brand) for p in products}) == 52


def test_every_brand_is_matched_to_its_own_product_in_any_case_and_company():
    for product in load():
        for brand in (product.brand, *product.other_brands):
            assert match([(brand, None), (brand.upper(), None)]) == [product.product_id] * 2


def test_every_name_of_every_product_means_that_product_on_its_route():
    matcher = Matcher(load())
    for product in load():
        for name in (*product.names(), *product.whole_text_names):
            assert matcher.match([(name, None)], [product.route]) == [product.product_id], name
            assert matcher.match([(None, name)], [product.route]) == [product.product_id], name


def test_no_name_is_a_common_word_that_other_drugs_carry():
    common = {"CELL", "CELLS", "GENE", "VIRUS", "AUTOLOGOUS", "ALLOGENEIC", "HUMAN", "CHONDROCYTES"}
    for product in load():
        assert not {normalise(name) for name in product.names()} & common


def test_rows_are_plain_values_under_the_names_of_core_product():
    row = next(row for row in rows() if row["product_id"] == "maci")
    assert row["atmp_class"] == "combined"
    assert row["us_approval_date"] == "2016-12"
    assert row["us_approval_precision"] == "month"
    assert row["eu_end_date"] == "2018-06"
    assert row["reference"]
    assert all(value is None or isinstance(value, str | bool | int) for value in row.values())


def test_integrating_vectors_and_editing_are_followed_for_15_years_all_others_for_5():
    years = {p.product_id: p.follow_up_years for p in load()}
    assert [years[name] for name in ("kymriah", "skysona", "casgevy", "tecelra")] == [15] * 4
    assert [years[name] for name in ("zolgensma", "imlygic", "alofisel", "maci")] == [5] * 4


def test_only_conditional_authorisations_in_force_are_conditional():
    products = {p.product_id: p for p in load()}
    assert products["tecartus"].conditional
    assert not products["abecma"].conditional  # standard since 2024-03-19
    assert all(p.conditional == (p.eu_status == "conditional") for p in products.values())


def test_lengths_that_differ_are_refused():
    with pytest.raises(ValueError, match=r"shorter|longer"):
        match([("Kymriah", None)], [])


def test_a_matcher_without_products_matches_nothing():
    assert Matcher([]).match([("Kymriah", None), (None, None)]) == [None, None]


def test_a_home_can_add_a_product(tmp_path):
    home = home_with(tmp_path, synonyms="NEW-1")
    assert match([("new 1 cells", None), ("Kymriah", None)], directory=home) == ["new", "kymriah"]


def test_a_name_of_two_products_is_refused_naming_both_rows(tmp_path):
    home = home_with(tmp_path, synonyms="axi cel")
    with pytest.raises(VocabularyError) as caught:
        load(home)
    message = str(caught.value)
    assert "product.csv:" in message
    assert "already a name of" in message
    assert "new" in message
    assert "yescarta" in message


def test_two_products_may_share_a_name_when_their_routes_differ(tmp_path):
    home = home_with(tmp_path, substance="tisagenlecleucel", route="intrathecal")
    text = (None, "TISAGENLECLEUCEL")
    assert match([text, text], ["Intravenous", "Intrathecal"], home) == ["kymriah", "new"]


def test_a_name_without_a_letter_is_refused(tmp_path):
    with pytest.raises(VocabularyError, match="has no letter"):
        load(home_with(tmp_path, synonyms="--"))
