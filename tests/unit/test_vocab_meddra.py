"""MedDRA of the licensee's own files. Every term here is invented."""

from pathlib import Path

import pytest

from pv.vocab import VocabularyError, events, meddra, terms

PT = ["10000001$Glimmering skin$$10000900$", "10000002$Blue hiccup$$10000900$"]
LLT = [
    "10000001$Glimmering skin$10000001$",
    "10000011$Skin glimmer$10000001$",
    "10000012$Shiny hide$10000001$",
    "10000002$Blue hiccup$10000002$",
]
HIER = [
    "10000001$1$2$10000900$Glimmering skin$h$g$Sparkle disorders$Spark$$10000900$Y$",
    "10000001$1$2$10000901$Glimmering skin$h$g$Light disorders$Light$$10000900$N$",
    "10000002$1$2$10000901$Blue hiccup$h$g$Light disorders$Light$$10000901$Y$",
]
SMQ_LIST = [
    "20000001$Sparkling (SMQ)$1$text$source$note$27.1$A$N$",
    "20000002$Part of sparkling (SMQ)$2$text$source$note$27.1$A$N$",
    "20000003$Old sparkling (SMQ)$1$text$source$note$27.1$I$N$",
]
SMQ_CONTENT = [
    "20000001$20000002$0$2$$$A$27.1$27.1$",
    "20000001$10000012$5$2$$$A$27.1$27.1$",
    "20000002$10000002$4$2$$$A$27.1$27.1$",
    "20000002$10000001$4$1$$$A$27.1$27.1$",
    "20000003$10000001$4$2$$$A$27.1$27.1$",
]


def llt(lines: list[str], order: str = "jart, currency") -> list[str]:
    tail = "$$$$$$" + ("12345$Y$" if order == "jart, currency" else "Y$12345$")
    return [line.removesuffix("$") + "$" + tail for line in lines]


def write(folder: Path, version: str = "27.1", **files: list[str]) -> Path:
    folder.mkdir(parents=True)
    content = {
        "pt": PT, "llt": llt(LLT), "mdhier": HIER, "smq_list": SMQ_LIST,
        "smq_content": SMQ_CONTENT, "meddra_release": [f"{version}$English$$$$"],
    } | files  # fmt: skip
    for name, lines in content.items():
        (folder / f"{name}.asc").write_text("\r\n".join(lines) + "\r\n", encoding="utf-8")
    return folder


def test_a_home_without_meddra_has_none(tmp_path: Path) -> None:
    assert meddra.load(None) is None
    assert meddra.load(tmp_path) is None


@pytest.mark.parametrize("order", ["jart, currency", "currency, jart"])
def test_names_and_codes_lead_to_the_preferred_term(tmp_path: Path, order: str) -> None:
    write(tmp_path / "meddra", llt=llt(LLT, order))

    found = meddra.load(tmp_path)

    assert found
    assert found.versions == ("27.1",)
    assert found.names["Shiny hide"] == found.codes["10000012"] == "Glimmering skin"
    assert found.codes["10000002"] == "Blue hiccup"
    assert found.soc == {
        "Glimmering skin": "Sparkle disorders", "Blue hiccup": "Light disorders",
    }  # fmt: skip


def test_the_newest_version_says_what_an_older_name_means(tmp_path: Path) -> None:
    write(tmp_path / "meddra" / "27.1")
    write(
        tmp_path / "meddra" / "v9.0", version="9.0",
        pt=["10000012$Shiny hide$$10000900$", "10000077$Lost term$$10000900$"],
        llt=llt(["10000012$Shiny hide$10000012$", "10000077$Lost term$10000077$"]),
    )  # fmt: skip

    found = meddra.load(tmp_path)

    assert found
    assert found.versions == ("9.0", "27.1")
    assert found.names["Shiny hide"] == "Glimmering skin"
    assert found.names["Lost term"] == "Lost term"


def test_narrow_smqs_are_event_groups(tmp_path: Path) -> None:
    write(tmp_path / "meddra")

    labels = {row["event_group"]: row["label"] for row in events.rows(tmp_path)}
    members = [m for m in events.members(tmp_path) if m["event_group"].startswith("smq_")]

    assert labels["smq_20000001"] == "Sparkling (SMQ) (SMQ, narrow)"
    assert "smq_20000003" not in labels
    assert [(m["event_group"], m["event"]) for m in members] == [
        ("smq_20000001", "Blue hiccup"),
        ("smq_20000001", "Glimmering skin"),
        ("smq_20000002", "Blue hiccup"),
    ]


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"llt": ["10000001$Glimmering skin$10000001$$$$$$$$$"]}, "neither its tenth"),
        ({"llt": llt(["10000011$Skin glimmer$10009999$"])}, "10009999, which is not in pt.asc"),
        ({"pt": ["Glimmering skin"]}, "pt.asc"),
        ({"meddra_release": ["English"]}, "no version"),
    ],
)
def test_files_that_are_not_meddras_are_refused(tmp_path: Path, files, says: str) -> None:
    write(tmp_path / "meddra" / "release", **files)

    with pytest.raises(VocabularyError, match=says):
        meddra.load(tmp_path)


def test_a_folder_without_terms_is_refused(tmp_path: Path) -> None:
    (tmp_path / "meddra").mkdir()

    with pytest.raises(VocabularyError, match=r"no pt\.asc"):
        meddra.load(tmp_path)


def coded(directory: Path | None, *written: str, known: tuple[str, ...] = ()) -> dict[str, tuple]:
    found = terms.coder(directory, known).code(written)
    return {term: (c.event, c.basis) for term, c in zip(written, found, strict=True)}


def test_meddra_codes_names_and_codes_without_a_name(tmp_path: Path) -> None:
    write(tmp_path / "meddra")

    assert coded(tmp_path, "SHINY HIDE", "10000012", "MedDRA 10000002", "Unheard of") == {
        "SHINY HIDE": ("Glimmering skin", "meddra_name"),
        "10000012": ("Glimmering skin", "meddra_code"),
        "MedDRA 10000002": ("Blue hiccup", "meddra_code"),
        "Unheard of": ("Unheard of", "spelling"),
    }


def test_an_alias_that_leads_to_a_former_name_ends_at_the_preferred_term(tmp_path: Path) -> None:
    write(tmp_path / "meddra")
    (tmp_path / "term_alias.csv").write_text(
        "language,term,event,source\npt,Pele brilhante,Shiny hide,ours\n", encoding="utf-8"
    )
    assert coded(tmp_path, "pele brilhante") == {"pele brilhante": ("Glimmering skin", "alias")}
