"""What a drug row's texts hold, and how it is known."""

import pytest

from pv.vocab.ingredients import resolve


def one(reported: str | None, ingredient: str | None = None, *others) -> tuple:
    found = resolve([(reported, ingredient), *others])[0]
    return found.substance, found.basis


def test_the_ingredient_decides_where_one_is_given() -> None:
    assert one("Lipitor", "ATORVASTATIN CALCIUM") == ("ATORVASTATIN", "ingredient")


@pytest.mark.parametrize("reported", ["Unspecified Ingredient", "unknown", "-", "", None])
def test_a_text_that_names_nothing_is_no_drug(reported: str | None) -> None:
    assert one(reported) == (None, "no_drug")
    assert one(reported, "UNKNOWN") == (None, "no_drug")


def test_a_name_that_nobody_explains_stays_as_it_is() -> None:
    assert one("Zzyxol 5 MG") == ("ZZYXOL 5 MG", "own_name")


def test_a_brand_is_known_from_rows_that_give_its_ingredient() -> None:
    told = [("ZZYXOL", "ZZYXITINIB MESYLATE")] * 1
    assert one("Zzyxol", None, *told) == ("ZZYXITINIB", "known_name")
    assert one("ZZYXOL 20 MG TABLETS", None, *told) == ("ZZYXITINIB", "known_name")
    assert one("zzyxitinib hydrochloride", None, *told) == ("ZZYXITINIB", "known_name")


def test_a_name_with_two_meanings_teaches_nothing() -> None:
    told = [("ZZYXOL", "ZZYXITINIB"), ("ZZYXOL", "OTHERMAB")]

    assert one("Zzyxol", None, *told) == ("ZZYXOL", "own_name")


@pytest.mark.parametrize(
    ("reported", "substance"),
    [
        ("Cytoxan", "CYCLOPHOSPHAMIDE"),
        ("TYLENOL (PARACETAMOL) TABLET", "ACETAMINOPHEN"),
        ("HYDROCODONE/ APAP", None),  # only half of it is known here
        ("ISONIAZID/PYRAZINAMIDE/RIFAMPICIN", None),
        ("KALETRA (LOPINAVIR/RITONAVIR)", "LOPINAVIR / RITONAVIR"),
        ("DARVOCET-N 100", "ACETAMINOPHEN / PROPOXYPHENE"),
        ("Carisoprodol and caffeine 30 mg", "CAFFEINE / CARISOPRODOL"),
    ],
)
def test_names_are_found_in_what_is_written_around_them(
    reported: str, substance: str | None
) -> None:
    found, basis = one(reported)
    assert (found if basis == "known_name" else None) == substance
