"""What people open: the way in to the newest pages, and what it says of the last night."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pv.night import shown
from pv.night.shown import Ended, is_way_in, way_in
from pv.settings import Home
from pv.warehouse import manifest
from pv.warehouse.publish import release

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
RUN = "2026-03-03-0123456789ab"
INDEX = (
    b'<body><!-- last night --><a href="./headline/a.html">a</a> <a href="#since">b</a>'
    b"<p>href=&#34;./x&#34;</p></body>"
)
PAGE = b"<body><!-- last night --><p>&lt;div class=night&gt;a</p></body>"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a published night of two pages."""
    home = Home(tmp_path)
    building = home.published / f".building-{RUN}"
    for name, content in (("index.html", INDEX), ("headline/a.html", PAGE)):
        page = building / "report" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_bytes(content)
    manifest.write(building, fingerprint=RUN, page=RUN, summary={})
    release(building, 14)
    return home


def test_the_way_in_leads_into_the_folder_and_text_is_left_alone() -> None:
    page = way_in(INDEX, RUN).decode()
    assert f'<a href="./{RUN}/headline/a.html">' in page
    assert '<a href="#since">' in page
    assert "href=&#34;./x&#34;" in page


@pytest.mark.parametrize("status", ["published", "unchanged", "failed"])
def test_what_became_of_the_night_is_no_part_of_the_page(status: str) -> None:
    page = way_in(INDEX, RUN, Ended(AT, status, "</div><script>alert(1)</script>"))
    assert is_way_in(page, INDEX, RUN)
    assert b"2026-03-04 05:06 UTC" in page
    assert b"<script>" not in page
    assert not is_way_in(page.replace(b">a<", b">b<"), INDEX, RUN)
    assert not is_way_in(page, INDEX, "2026-03-02-0123456789ab")


def test_a_failed_night_says_so_above_the_pages_of_the_night_before(home: Home) -> None:
    shown.show(home, Ended(AT, "published"))
    assert "Last night ended" in (home.reports / "latest.html").read_text()

    shown.show(home, Ended(AT, "failed", "the disk is full"))

    page = (home.reports / "latest.html").read_text()
    assert "The last night failed" in page
    assert "the disk is full. What you see is of the night before." in page
    assert shown.problems_of_all(home, home.current.parent.resolve()) == []
    shown.show(home, Ended(AT, "unchanged"))
    assert "failed" not in (home.reports / "latest.html").read_text()


@pytest.mark.parametrize("status", ["published", "unchanged", "failed"])
def test_every_page_of_the_newest_night_says_how_the_last_one_ended(
    home: Home, status: str
) -> None:
    current = home.current.parent.resolve()
    shown.show(home)
    folder = home.reports / RUN / "headline"
    assert (folder / "a.html").read_bytes() == PAGE
    rights = folder.stat().st_mode

    for minute in (1, 2):
        shown.show(home, Ended(AT.replace(minute=minute), status, "the disk is full"))

        for name, way in (("index.html", "../"), ("headline/a.html", "../../")):
            page = (home.reports / RUN / name).read_text()
            assert page.count(f"2026-03-04 05:0{minute} UTC") == 1
            assert page.count('class="night"') == 1
            assert ("The last night failed" in page) == (status == "failed")
            assert (f'href="{way}latest.html"' in page) == (status != "failed")
            assert (current / "report" / name).read_bytes() in (INDEX, PAGE)
        assert shown.problems_of_all(home, current) == []
    assert folder.stat().st_mode == rights
    assert [path.name for path in folder.iterdir()] == ["a.html"]


def test_a_page_that_is_damaged_added_or_gone_is_named_and_shown_again(home: Home) -> None:
    shown.show(home)
    current = home.current.parent.resolve()
    page = home.reports / RUN / "headline" / "a.html"
    assert page.read_bytes() == PAGE
    page.chmod(0o644)
    page.write_bytes(b"b")
    assert shown.problems_of_all(home, current) == [f"{page} has other bytes than were published"]
    shown.show(home)
    page.parent.chmod(0o755)
    page.unlink()
    page.with_name("mine.html").write_bytes(b"b")
    assert len(shown.problems_of_all(home, current)) == 2
    shown.show(home)
    assert shown.problems_of_all(home, current) == []
    assert not page.with_name("mine.html").exists()
