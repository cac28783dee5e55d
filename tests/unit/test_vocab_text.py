"""Texts made comparable."""

import pytest

from pv.vocab.text import fold_accents, normalise, squeeze


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kymriah®", "KYMRIAH"),
        ("Kymriah™", "KYMRIAH"),
        ("  axi-cel,\tinfusion ", "AXI CEL INFUSION"),
        ("Ｋｙｍｒｉａｈ", "KYMRIAH"),  # noqa: RUF001  full-width letters of Japanese files
        ("naïve_Straße", "NAIVE STRASSE"),
        ("キムリア", "キムリア"),
        ("...", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_normalise_leaves_words_parted_by_one_space(text, expected):
    assert normalise(text) == expected


def test_squeeze_makes_one_name_of_the_ways_to_write_a_code():
    assert {squeeze(t) for t in ("CTL019", "CTL-019", "ctl 019")} == {"CTL019"}


def test_fold_accents_keeps_punctuation():
    assert fold_accents("Côte d'Ivoire") == "COTE D'IVOIRE"
