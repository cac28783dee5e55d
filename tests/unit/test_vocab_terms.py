"""One event for the spellings of a term, its names in other languages and its former names."""
# ruff: noqa: RUF001 - letters that look alike are what is tested

from pathlib import Path

import pytest

from pv.vocab import events, schema, terms
from pv.vocab.reading import read


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NAUSEA", "Nausea"),
        ("Anaemia", "ANEMIA"),
        ("Oedema  peripheral", "Edema peripheral"),
        ("Tumour haemorrhage", "Tumor hemorrhage"),
        ("Non-Hodgkin's lymphoma", "Non Hodgkin’s lymphoma"),
        ("Guillain-Barre syndrome", "Guillain–Barré Syndrome"),
        ("Hospitalisation", "hospitalization"),
        ("CAR-T細胞", "ＣＡＲ－Ｔ細胞"),
        ("Leucopenia", "LEUCOPENIA "),
    ],
)
def test_spellings_of_one_term_are_one(one: str, other: str) -> None:
    assert terms.fold(one) == terms.fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Seizure", "Seizures"),  # of plurals no rule is safe
        ("Hypertension", "Hypotension"),
        ("ハス", "バス"),  # a mark makes another kana
        ("Hyperkalaemia", "Hypokalaemia"),
        ("Blood potassium increased", "Blood potassium decreased"),
    ],
)
def test_other_terms_stay_apart(one: str, other: str) -> None:
    assert terms.fold(one) != terms.fold(other)


def coded(directory: Path | None, *written: str, known: tuple[str, ...] = ()) -> dict[str, tuple]:
    found = terms.coder(directory, known).code(written)
    return {term: (c.event, c.basis) for term, c in zip(written, found, strict=True)}


def test_the_best_spelling_of_the_sources_is_taken() -> None:
    found = coded(
        None, "PYREXIA", "pyrexia", "Edema Limb", "OEDEMA LIMB", "Oedema limb", "X-Ray NOS"
    )

    assert {event for event, _ in found.values()} == {"Pyrexia", "Oedema limb", "X-Ray NOS"}
    assert {basis for _, basis in found.values()} == {"spelling"}


def test_the_vocabulary_says_how_its_events_are_spelled() -> None:
    assert coded(None, "GUILLAIN BARRE SYNDROME", known=("Guillain-Barre syndrome",)) == {
        "GUILLAIN BARRE SYNDROME": ("Guillain-Barre syndrome", "spelling"),
    }  # fmt: skip


def test_terms_of_our_event_groups_are_known_in_portuguese_and_japanese() -> None:
    rows = read(schema.TERM_ALIAS)
    members = {member["event"] for member in events.members()}

    for language in ("pt", "ja"):
        assert {row["event"] for row in rows if row["language"] == language} == members
    assert all("not MedDRA" in row.text("source") for row in rows)
    assert coded(None, "LEUCEMIA MIELOIDE AGUDA", "急性骨髄性白血病") == {
        "LEUCEMIA MIELOIDE AGUDA": ("Acute myeloid leukaemia", "alias"),
        "急性骨髄性白血病": ("Acute myeloid leukaemia", "alias"),
    }


def test_no_alias_means_two_events() -> None:
    rows = read(schema.TERM_ALIAS)
    keys = {terms.fold(row.text("term")) for row in rows}

    assert len(keys) == len(rows)


def test_an_alias_of_the_home_replaces_ours(tmp_path: Path) -> None:
    (tmp_path / "term_alias.csv").write_text(
        "language,term,event,source\n"
        "pt,Leucemia,Leukaemia NOS,our coder\n"
        "en,Blood disorder old name,Blood disorder,confirmed 2026-01-05\n",
        encoding="utf-8",
    )
    assert coded(tmp_path, "LEUCEMIA", "Blood disorder old name", "Sepse") == {
        "LEUCEMIA": ("Leukaemia NOS", "alias"),
        "Blood disorder old name": ("Blood disorder", "alias"),
        "Sepse": ("Sepsis", "alias"),
    }
