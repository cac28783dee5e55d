"""Folding of other drugs, beyond the table in tests/spec."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pv.vocab import substances

RULES = substances.load()


WORDS = [
    "SODIUM",
    "CHLORIDE",
    "HYDRATE",
    "ASPIRIN",
    "\\",
    "/",
    "AND",
    "RITUXIMAB-ABBS",
    "VITAMIN C",
]


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join))
def test_folding_twice_is_folding_once(name):
    once = substances.fold(name, RULES)
    assert substances.fold(once, RULES) == once


def test_the_order_of_a_combination_does_not_matter():
    one, other = substances.fold_many(["Zinc Oxide\\Menthol", "MENTHOL\\ZINC OXIDE"])
    assert one == other == "MENTHOL / ZINC OXIDE"


def test_missing_and_blank_values_stay_missing():
    assert substances.fold_many([None, "", "  ", "-", "."]) == [None] * 5


def test_a_home_can_add_a_salt_and_an_alias(tmp_path):
    (tmp_path / "salt.csv").write_text(
        "word,kind,note,source\nNOVATE,salt,counter-ion,own\n", encoding="utf-8"
    )
    (tmp_path / "substance_alias.csv").write_text(
        "name,substance,note,source\nACEMED,ACETAMINOPHEN,local name,own\n", encoding="utf-8"
    )
    folded = substances.fold_many(["Drugone Novate", "Acemed", "Aciclovir"], tmp_path)
    assert folded == ["DRUGONE", "ACETAMINOPHEN", "ACYCLOVIR"]


@pytest.mark.parametrize("kind", ["salts", "hydrates", "metals", "words", "kept"])
def test_every_kind_of_word_ships(kind):
    assert getattr(RULES, kind)


def test_an_alias_leads_to_a_name_that_folds_to_itself():
    for substance in RULES.aliases.values():
        assert substance is None or substances.fold(substance, RULES) == substance
