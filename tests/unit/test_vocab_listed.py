"""Listed reactions as configuration."""

from datetime import date
from pathlib import Path

import pytest

from pv.vocab import VocabularyError, listed

HEADER = "product_id,reaction,event,event_group,section,listed_since,checked,source"


def write(folder: Path, *lines: str) -> Path:
    (folder / "listed.csv").write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return folder


def test_what_everybody_knows_of_the_labels_is_shipped():
    known: dict[tuple[str, str | None], list[date | None]] = {}
    for row in listed.load():
        if row.checked:
            key = row.product_id, row.event or row.event_group
            known.setdefault(key, []).append(row.listed_since)

    assert known["carvykti", "Guillain-Barre syndrome"] == [date(2022, 2, 28)]
    assert date(2021, 10, 31) in known["zolgensma", "late_hepatic_failure"]
    assert known["skysona", "insertional_oncogenesis"] == [date(2022, 9, 30)]
    assert known["kymriah", "Pyrexia"] == [None]
    assert ("zolgensma", "Guillain-Barre syndrome") not in known


def test_a_possible_risk_or_one_of_other_products_is_not_checked():
    doubted = [r for r in listed.load() if "possible risk" in r.reaction or "other" in r.reaction]

    assert len(doubted) == 9
    assert not any(row.checked for row in doubted)


@pytest.mark.parametrize(
    ("since", "day"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2024-04-19", date(2024, 4, 19)),
        ("", None),
    ],
)
def test_a_reaction_is_surely_listed_from_the_last_day_that_its_date_can_mean(tmp_path, since, day):
    write(tmp_path, f"skysona,deafness,Deafness,,US warning,{since},yes,own")

    (row,) = (r for r in listed.load(tmp_path) if r.product_id == "skysona")
    assert row.listed_since == day


def test_the_rows_of_the_home_are_all_of_a_product(tmp_path):
    write(tmp_path, "skysona,deafness,Deafness,,US warning,2024,yes,own")
    shipped, merged = listed.load(), listed.load(tmp_path)

    assert [r.reaction for r in merged if r.product_id == "skysona"] == ["deafness"]
    assert [r for r in merged if r.product_id != "skysona"] == [
        r for r in shipped if r.product_id != "skysona"
    ]


def test_a_reaction_without_a_term_is_kept_and_is_about_nothing(tmp_path):
    write(tmp_path, "skysona,air in the eye,,,US warning,,yes,own")

    (row,) = (r for r in listed.load(tmp_path) if r.product_id == "skysona")
    assert (row.event, row.event_group) == (None, None)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("skysona,r,Deafness,pml,US warning,,yes,s", "an event_group or an event, not both"),
        ("skysonna,r,Deafness,,US warning,,yes,s", "product_id 'skysonna' is not known"),
        ("skysona,r,,pmll,US warning,,yes,s", "event_group 'pmll' is not known"),
        ("skysona,r,Deafness,,US warning,04/2024,yes,s", "listed_since is '04/2024', expected"),
        ("skysona,r,Deafness,,US warning,,true,s", "checked is 'true', expected one of yes, no"),
        ("skysona,,Deafness,,US warning,,yes,s", "reaction is empty"),
        ("skysona,r,Deafness,,,,yes,s", "section is empty"),
        ("skysona,r,Deafness,,US warning,,yes,", "source is empty"),
    ],
)
def test_a_row_that_would_silently_do_nothing_is_refused_by_line(tmp_path, line, message):
    with pytest.raises(VocabularyError, match=r"listed\.csv:2") as caught:
        listed.load(write(tmp_path, line))
    assert message in str(caught.value)
