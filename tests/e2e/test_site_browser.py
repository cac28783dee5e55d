"""The pages of a night in a real browser: what works, what is forbidden, what a phone shows."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from pv.night.shown import Ended, told
from pv.report import pages as report_pages
from pv.report import slugs, write

RIGHT_TO_LEFT = "\u202edracul\u202c \u200f\u05d0\u05d1"
# What a term or a name may hold, each harmless in every place of a page.
HOSTILE = (
    "<script>document.title='broken'</script>", "=cmd|' /C calc'!A0", "{{ 7 * 7 }}{% raw %}",
    r"mathtext $\frac{1}{$", RIGHT_TO_LEFT, "Verylongword" * 834, "' onmouseover=alert(1) x='",
)  # fmt: skip
NAMED = ("watch", "listed", "aside", "others", "decisions", "quality", "observable", "method")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            raise FileNotFoundError("chromium is not there: the pages were seen by no browser")
        pytest.skip("chromium is not installed here")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def folder(demonstration) -> Path:
    """The pages of the demonstration, before people."""
    return demonstration[0] / "reports"


@pytest.fixture(scope="module")
def run(folder: Path) -> Path:
    (found,) = (path for path in folder.iterdir() if path.is_dir())
    return found


@pytest.fixture(scope="module")
def pages(run: Path) -> dict[str, Path]:
    """A page of each kind, the richest of its kind."""

    def largest(kind: str) -> Path:
        return max((run / kind).iterdir(), key=lambda page: page.stat().st_size)

    return {
        "way in": run.parent / "latest.html",
        **{kind: largest(kind) for kind in ("headline", "product", "country")},
        **{name: run / f"{name}.html" for name in NAMED},
    }


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that tells what it asks for beside files, and each error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("request", lambda r: wrong.append(r.url) if r.resource_type != "document" else None)
    opened.on("console", lambda message: wrong.append(message.text))
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


def shown(page: Page, table: int = 0) -> list[str]:
    """The headlines that a table of the list shows, from the top."""
    rows = page.locator("table.triage").nth(table).locator("tbody tr:visible th a")
    # Also of rows that are far from the window and so not drawn yet.
    return rows.all_text_contents()


def test_a_search_and_a_filter_leave_what_fits_and_say_how_many(page: Page, folder: Path) -> None:
    page.goto((folder / "latest.html").as_uri())
    every = shown(page)

    page.fill("#search", "yescarta multifocal")
    found = shown(page)
    assert 0 < len(found) < len(every)
    assert all("Yescarta" in name for name in found)
    told = page.locator("table.triage .shown").first.text_content()
    assert told == f"{len(found)} of {len(every)} shown."
    # What stands apart is found by the same search.
    page.fill("#search", "kymriah")
    apart = page.locator(".short li:visible").all_text_contents()
    assert 0 < len(apart) < page.locator(".short li").count()
    assert all("Kymriah" in name for name in apart)

    page.fill("#search", "")
    page.select_option("#by-verdict", "pooled_only")
    assert set(page.locator("table.triage tbody tr:visible").evaluate_all(
        "rows => rows.map(row => row.dataset.verdict)"
    )) == {"pooled_only"}  # fmt: skip
    page.select_option("#by-country", "JP")
    countries = page.locator("table.triage tbody tr:visible").evaluate_all(
        "rows => rows.map(row => row.dataset.countries.split('|'))"
    )
    assert countries
    assert all("JP" in each for each in countries)

    page.select_option("#by-verdict", "")
    page.select_option("#by-country", "")
    assert shown(page) == every


@pytest.mark.parametrize(("column", "cell"), [("Cases", 2), ("Expected", 6), ("IC025", 7)])
def test_a_click_sorts_by_number_and_a_second_the_other_way(
    page: Page, folder: Path, column: str, cell: int
) -> None:
    page.goto((folder / "latest.html").as_uri())
    button = page.locator("table.triage").first.get_by_role("button", name=f"Sort by {column}")

    def figures() -> list[float]:
        return (
            page.locator("table.triage")
            .first.locator("tbody tr")
            .evaluate_all(f"rows => rows.map(row => Number(row.cells[{cell}].dataset.s))")
        )

    button.click()
    assert figures() == sorted(figures())
    button.click()
    assert figures() == sorted(figures(), reverse=True)
    assert len(set(figures())) > 3
    head = page.locator("table.triage").first.locator("thead th").nth(cell)
    assert head.get_attribute("aria-sort") == "descending"


def test_the_way_in_leads_to_a_headline_and_back(page: Page, folder: Path) -> None:
    page.goto((folder / "latest.html").as_uri())
    name = shown(page)[0]
    page.locator("table.triage tbody th a").first.click()
    assert page.locator("h1").inner_text().startswith(name)
    page.get_by_role("link", name="Triage").click()
    assert page.locator("h1").inner_text().startswith("Safety signals of advanced therapies")
    assert name in shown(page)


def test_without_a_script_everything_can_be_read(browser: Browser, folder: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "latest.html").as_uri())
    assert page.locator(".controls").is_hidden()
    for place, least in (("table.triage tbody tr", 5), (".short li", 50)):
        rows = page.locator(place)
        assert rows.count() > least
        assert rows.first.is_visible() and rows.last.is_visible()
    assert page.get_by_role("button").count() == 0
    context.close()


def test_no_page_breaks_a_rule_of_accessibility(page: Page, pages: dict[str, Path]) -> None:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, file in pages.items():
        page.goto(file.as_uri())
        page.evaluate(
            """() => {
                document.querySelectorAll("details").forEach((each) => { each.open = true; });
                // Rows of a table are alike: the first four stand for all.
                const rows = document.querySelectorAll("tbody tr:nth-child(n + 5)");
                rows.forEach((row) => row.remove());
            }"""
        )
        violations = Axe().run(page).response["violations"]
        found[name] = [(v["id"], v["nodes"][0]["html"][:200]) for v in violations]
    assert found == {name: [] for name in pages}


def test_no_page_scrolls_sideways_on_a_phone(page: Page, pages: dict[str, Path]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    widths = {}
    for name, file in pages.items():
        page.goto(file.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        widths[name] = page.evaluate("document.documentElement.scrollWidth")
    assert widths == dict.fromkeys(pages, 390)


def test_the_policy_stops_what_is_not_ours(browser: Browser, pages: dict[str, Path]) -> None:
    page = browser.new_page()
    answered: list[str] = []
    stopped: list[tuple[str, str | None]] = []
    page.on("response", lambda response: answered.append(response.url.partition(":")[0]))
    page.on("requestfailed", lambda request: stopped.append((request.url, request.failure)))
    for file in pages.values():
        page.goto(file.as_uri())
        page.evaluate(
            """() => {
                const script = document.createElement("script");
                script.textContent = "document.title = 'broken'";
                document.body.append(script);
                document.body.insertAdjacentHTML("beforeend", "<img src='https://a.example/a.png'>");
                fetch("https://a.example/b").catch(() => { window.refused = true; });
            }"""
        )
        assert page.title() != "broken"
        page.wait_for_function("window.refused === true")
    assert set(answered) == {"file"}
    assert {why for _, why in stopped} == {"csp"}
    assert len(stopped) == len(pages)
    page.close()


def test_paper_has_every_row_and_no_control(page: Page, run: Path) -> None:
    page.goto((run / "index.html").as_uri())
    page.emulate_media(media="print")
    assert page.locator(".controls").is_hidden()
    assert page.locator("thead button").first.is_hidden()
    assert page.locator("details table").first.is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF-")


def test_hostile_texts_are_harmless(page: Page, demonstration, tmp_path: Path) -> None:
    """As products, events, reasons, names of files and case numbers."""
    database = tmp_path / "s.duckdb"
    shutil.copyfile(demonstration[0] / "published" / "current" / "poolvigil.duckdb", database)
    database.chmod(0o644)
    with duckdb.connect(str(database)) as con:
        pairs = con.execute(
            "select product, event from mart.signal where headline and event_kind = 'event' "
            f"order by rank limit {len(HOSTILE)}"
        ).fetchall()
        for text, (product, event) in zip(HOSTILE, pairs, strict=True):
            for name in ("signal", "pair", "pair_country", "sensitivity", "signal_condition"):
                con.execute(
                    f"update mart.{name} set event = $text "
                    "where product = $product and event = $event and event_kind = 'event'",
                    {"text": text, "product": product, "event": event},
                )
            con.execute("update core.case_event set event = $text where event = $event",
                        {"text": text, "event": event})  # fmt: skip
            con.execute("update mart.signal set reasons = [$text] where event = $text",
                        {"text": text})  # fmt: skip
        con.execute("update core.case set source_case_id = $text where fatal", {"text": HOSTILE[0]})
        con.execute("update ops.source_file set name = $text", {"text": HOSTILE[-1]})
    index = write(database, tmp_path / "report")
    files = [index, index.with_name("quality.html"), index.with_name("others.html")]
    for text, (product, _) in zip(HOSTILE, pairs, strict=True):
        files.append(index.parent / slugs.headline_page(product, text, "event"))
    page.set_viewport_size({"width": 390, "height": 844})
    for file in files:
        page.goto(file.as_uri())
        assert page.title().endswith(")")
        assert page.title() != "broken"
        assert page.locator("script").count() == 1 + (file.name in ("index.html", "others.html"))
        assert page.evaluate("document.documentElement.scrollWidth") == 390, file
        assert page.locator("[onmouseover], img, [onerror]").count() == 0
    for file, text in zip(files[3:], HOSTILE, strict=True):
        page.goto(file.as_uri())
        assert text in (page.locator("h1").text_content() or "")


@pytest.mark.parametrize("status", ["old", "new", "failed"])
def test_every_page_of_an_old_or_failed_night_says_so_loudly(
    page: Page, pages: dict[str, Path], tmp_path: Path, status: str
) -> None:
    at = datetime(2001, 2, 3, tzinfo=UTC) if status == "old" else datetime.now(UTC)
    ended = Ended(at, "failed" if status == "failed" else "unchanged", "the disk is full")
    file = tmp_path / "page.html"
    for name, published in pages.items():
        file.write_bytes(told(published.read_bytes(), ended, "../"))
        page.goto(file.as_uri())
        loud = page.locator(".night .banner")
        assert loud.is_visible() == (status != "new"), name
        said = loud.inner_text()
        assert ("No night has ended well for 9" in said) == (status == "old")
        assert ("The last night failed" in said) == (status == "failed")
        if status != "failed":
            assert "nothing new" in page.locator(".ended").inner_text()


def test_a_long_list_is_several_tables_that_sort_and_filter_as_one(
    page: Page, demonstration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(report_pages.environment().globals, "together", 7)
    database = demonstration[0] / "published" / "current" / "poolvigil.duckdb"
    page.goto(write(database, tmp_path / "report").with_name("listed.html").as_uri())
    tables, rows = page.locator("table.triage"), page.locator("table.triage tbody tr")
    count, parts = rows.count(), tables.count()
    assert parts == -(-count // 7) > 3

    def cases() -> list[int]:
        return rows.evaluate_all("rows => rows.map(row => Number(row.cells[2].dataset.s))")

    tables.nth(2).get_by_role("button", name="Sort by Cases").click()
    assert cases() == sorted(cases())
    assert len(set(cases())) > 3
    sizes = tables.evaluate_all("all => all.map(each => each.tBodies[0].rows.length)")
    assert sizes == [7] * (parts - 1) + [count - 7 * (parts - 1)]

    product = rows.last.get_attribute("data-product") or ""
    page.select_option("#by-product", product)
    left = page.locator("table.triage tbody tr:visible")
    assert page.locator(".shown").text_content() == f"{left.count()} of {count} shown."
    assert tables.last.is_visible()
    page.fill("#search", "no such event")
    assert [tables.nth(n).is_visible() for n in range(parts)] == [True] + [False] * (parts - 1)
