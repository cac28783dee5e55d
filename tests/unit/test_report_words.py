"""How figures and verdicts read on the officer's page."""

import math
import re
from datetime import date
from pathlib import Path

import pytest

from pv.dictionary.fields import cases, operations
from pv.dictionary.verdicts import LISTED
from pv.report import glossary, words

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1234.5, "1,234.50"),
        (-1.234, f"{words.MINUS}1.23"),
        (0.0, "0.00"),
        (-0.001, "0.00"),
        (0.004, "<0.01"),
        (None, words.ABSENT),
        (math.nan, words.ABSENT),
        (math.inf, "∞"),
        (-math.inf, f"{words.MINUS}∞"),
    ],
)
def test_a_small_expectation_never_reads_as_zero_and_an_absent_figure_never_as_a_number(
    value, read
):
    assert words.number(value) == read


def test_counts_and_shares_read_plainly():
    assert words.whole(12_345) == "12,345"
    assert words.percent(2 / 3) == "67%"
    assert words.percent(None) == words.ABSENT
    assert words.plural(1, "country", "countries") == "1 country"
    assert words.plural(1_000, "case") == "1,000 cases"


def test_the_date_does_not_follow_the_locale():
    assert words.day(date(2024, 12, 31)) == "31 December 2024"


def test_names_are_joined_as_in_a_sentence():
    assert words.listing([]) == ""
    assert words.listing(["A"]) == "A"
    assert words.listing(["A", "B", "C"]) == "A, B and C"


def test_every_leaf_of_the_settings_is_shown():
    settings = {"b": {"y": [1, 2], "x": None}, "a": "text", "files": [{"name": "f"}, {"name": "g"}]}
    assert list(words.facts(settings)) == [
        ("a", "text"),
        ("b.x", "null"),
        ("b.y", "[1, 2]"),
        ("files 1.name", "f"),
        ("files 2.name", "g"),
    ]


def test_a_probability_never_claims_certainty():
    given = (None, 0.0, 0.0001, 0.01, 0.299, 0.799999, 0.99, 0.9901, 1.0)
    assert [words.chance(p) for p in given] == [
        "\u2013", "0%", "<1%", "1%", "29%", "79%", "99%", ">99%", ">99%"
    ]  # fmt: skip


def test_a_platform_is_written_as_people_write_it():
    given = ("car_t", "tcr_t", "aav", "edited_hsc", "allogeneic_t_cells", "limbal_stem_cells")
    assert [words.platform(name) for name in given] == [
        "CAR-T", "TCR-T", "AAV", "edited HSC", "allogeneic T cells", "limbal stem cells"
    ]  # fmt: skip


def test_every_value_that_the_dictionary_allows_has_words():
    assert set(words.ATMP_CLASSES) == set(cases.ATMP_CLASSES)
    assert set(words.FILE_STATES) == set(operations.FILE_STATES)
    assert set(words.COUNTRY_BASES) == set(cases.COUNTRY_BASES)


def test_the_glossary_page_is_made_from_the_terms():
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert page == glossary.markdown(), "write pv.report.glossary.markdown() to docs/glossary.md"


def test_the_glossary_explains_every_verdict_and_no_term_twice():
    anchors = [term.anchor for term in glossary.TERMS]
    assert len(anchors) == len(set(anchors))
    assert set(LISTED) <= set(anchors)


def test_every_glossary_link_of_the_templates_has_its_term():
    templates = ROOT / "src" / "pv" / "report" / "templates"
    linked = {
        anchor
        for file in templates.glob("*.html")
        for anchor in re.findall(
            r'(?:href="|method\.html)#g-([^"]+)"', file.read_text(encoding="utf-8")
        )
    }
    assert linked
    assert linked <= {term.anchor for term in glossary.TERMS}
