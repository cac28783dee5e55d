"""Therapeutic areas of substances as configuration."""

from pathlib import Path

import pytest

from pv.vocab import VocabularyError, areas, products

HEADER = "substance,therapeutic_area,source"


def write(folder: Path, *lines: str) -> Path:
    (folder / "therapeutic_area.csv").write_text("\n".join((HEADER, *lines)) + "\n", "utf-8")
    return folder


def known(folder: Path | None = None) -> dict[object, object]:
    return {row["substance"]: row["therapeutic_area"] for row in areas.rows(folder)}


def test_every_area_that_is_shipped_is_one_of_an_advanced_therapy():
    assert set(known().values()) <= {p.therapeutic_area for p in products.load()}
    assert known()["LENALIDOMIDE"] == known()["BLINATUMOMAB"] == "onco-haematology"
    assert known()["EMICIZUMAB"] == "haematology"


def test_a_row_of_the_home_replaces_the_shipped_one_and_names_are_folded(tmp_path):
    write(tmp_path, "Lenalidomide,own area,own", "Invented drug hydrochloride,own area,own")
    merged = known(tmp_path)

    assert merged["LENALIDOMIDE"] == merged["INVENTED DRUG"] == "own area"
    assert merged.keys() - known().keys() == {"INVENTED DRUG"}


def test_two_areas_of_one_substance_are_refused_with_the_line(tmp_path):
    write(tmp_path, "Invented drug,one,own", "Invented drug sulfate,two,own")
    with pytest.raises(VocabularyError, match=r"therapeutic_area\.csv:3: .* already has another"):
        areas.rows(tmp_path)


def test_a_text_that_names_no_substance_is_refused(tmp_path):
    write(tmp_path, "UNKNOWN,one,own")
    with pytest.raises(VocabularyError, match="'UNKNOWN' is no substance"):
        areas.rows(tmp_path)
