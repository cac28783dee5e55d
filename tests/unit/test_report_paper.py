"""Sheets of PDF: number, run and banner on each; hostile text is text, and nothing is fetched."""

from html import escape
from pathlib import Path

import pytest

from pv.report import paper
from pv.report.workbook import BANNER

HOSTILE = (
    "<script>alert(1)</script>", "=cmd()", "{{ 7 * 7 }}", r"$\frac{1}{2}$", "\u202eevil\u200f",
    '"; } body { display: none } @page { @top-center { content: "x',
)  # fmt: skip
STYLE = Path(paper.__file__).parent / "templates" / "style.css"
FOOT = "poolvigil, run 2024-03-31-0123456789ab, data lock point 2024-03-31"


def sheets(html: str, *, simulated: bool = False, foot: str = FOOT) -> list[list[str]]:
    """The texts of each sheet, its margins last."""
    found = paper.document(html, foot, simulated=simulated).pages
    return [[b.text for b in p._page_box.descendants() if hasattr(b, "text")] for p in found]


def test_each_sheet_has_its_number_the_run_and_the_banner() -> None:
    html = "<p>one</p><p style='break-before: page'>two</p>"
    for number, texts in enumerate(sheets(html, simulated=True), 1):
        assert {f"Page {number} of 2", FOOT, BANNER} <= set(texts)
    assert all(BANNER not in texts for texts in sheets(html))


def test_a_line_listing_lies_on_its_side_whatever_the_page_says_of_paper() -> None:
    html = (
        "<style>@page { size: A4; margin: 0 }</style><p>one</p>"
        '<section aria-labelledby="listing"><table><tr><td>two</td></tr></table></section>'
    )
    one, two = paper.document(html, FOOT, simulated=True).pages
    assert one.width < one.height
    assert two.width > two.height
    # Below the margin of the banner.
    assert one._page_box.margin_top > 50


def test_a_table_that_is_wider_than_the_paper_on_a_screen_fits_on_its_sheet() -> None:
    """The windows of a headline, as wide as their words and figures get."""
    row = (
        '<td class="state signal">Not yet observable</td><td class="n">50.19 (18.42 to 109.26)</td>'
        '<td class="n">Chance to see a ratio of 5</td><td class="n">United States 0%</td>'
    )
    html = f"<style>{STYLE.read_text('utf-8')}</style><div class='scroll'><table><tr>" + row * 2
    (sheet,) = paper.document(
        f"{html}<td class='w'>Why</td></tr></table></div>", FOOT, simulated=False
    ).pages
    box = sheet._page_box
    inside = box.margin_left + box.width
    texts = [
        b for b in box.descendants() if hasattr(b, "text") and b.text not in (FOOT, "Page 1 of 1")
    ]
    assert len(texts) > 8
    assert [b.text for b in texts if b.position_x + b.width > inside + 1] == []


def test_hostile_text_is_text() -> None:
    words = "".join(f"<p>{escape(text)}</p>" for text in HOSTILE)
    (texts,) = sheets(f"{words}<p style='overflow-wrap: anywhere'>{'x' * 10_000}</p>")[:1]
    for text in HOSTILE:
        assert text in " ".join(texts)
    foot = HOSTILE[-1] + "\n</style>"
    assert foot.replace("\n", " ") in " ".join(sheets("<p>one</p>", foot=foot)[0])


def test_no_file_and_no_network_is_reached(tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text('p::before { content: "SECRET" }')
    html = (
        f'<link rel="stylesheet" href="{secret.as_uri()}">'
        f'<link rel="attachment" href="{secret.as_uri()}">'
        '<img src="http://127.0.0.1:9/x.png" alt="none"><p>one</p>'
    )
    assert "SECRET" not in " ".join(sheets(html)[0])
    made = paper.document(html, FOOT, simulated=False).write_pdf(uncompressed_pdf=True)
    assert b"EmbeddedFile" not in made


def test_without_weasyprint_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(paper.UsageError, match=r"install poolvigil\[pdf\]"):
        paper.document("<p>one</p>", FOOT, simulated=False)
