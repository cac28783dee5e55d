"""The pages of a night in a real browser: what works, what is forbidden, what a phone shows."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from pv.night.shown import Ended, way_in
from pv.report import slugs, write

RIGHT_TO_LEFT = "\u202edracul\u202c \u200f\u05d0\u05d1"
# What a term or a name may hold, each harmless in every place of a page.
HOSTILE = (
    "<script>document.title='broken'</script>", "=cmd|' /C calc'!A0", "{{ 7 * 7 }}{% raw %}",
    r"mathtext $\frac{1}{$", RIGHT_TO_LEFT, "Verylongword" * 834, "' onmouseover=alert(1) x='",
)  # fmt: skip


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
        **{name: run / f"{name}.html" for name in ("quality", "observable", "method")},
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
    return rows.all_inner_texts()


def test_a_search_and_a_filter_leave_what_fits_and_say_how_many(page: Page, folder: Path) -> None:
    page.goto((folder / "latest.html").as_uri())
    every = shown(page)

    page.fill("#search", "yescarta multifocal")
    found = shown(page)
    assert 0 < len(found) < len(every)
    assert all("Yescarta" in name for name in found)
    told = page.locator("table.triage .shown").first.inner_text()
    assert told == f"{len(found)} of {len(every)} shown."

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
    rows = page.locator("table.triage tbody tr")
    assert rows.count() > 50
    assert all(rows.nth(place).is_visible() for place in (0, rows.count() - 1))
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
    files = [index, index.with_name("quality.html")]
    for text, (product, _) in zip(HOSTILE, pairs, strict=True):
        files.append(index.parent / slugs.headline_page(product, text, "event"))
    page.set_viewport_size({"width": 390, "height": 844})
    for file in files:
        page.goto(file.as_uri())
        assert page.title().endswith(")")
        assert page.title() != "broken"
        assert page.locator("script").count() == (file == index)
        assert page.evaluate("document.documentElement.scrollWidth") == 390, file
        assert page.locator("[onmouseover], img, [onerror]").count() == 0
    for file, text in zip(files[2:], HOSTILE, strict=True):
        page.goto(file.as_uri())
        assert text in (page.locator("h1").text_content() or "")


@pytest.mark.parametrize(
    ("ended", "told"),
    [
        ("2001-02-03T04:05:06+00:00", "No night has ended well for"),
        ("now", None),
    ],
)
def test_an_old_page_says_so_loudly(page: Page, run: Path, ended: str, told: str | None) -> None:
    from datetime import UTC, datetime

    at = datetime.now(UTC) if ended == "now" else datetime.fromisoformat(ended)
    way = run.parent.parent / "old.html"
    way.write_bytes(way_in((run / "index.html").read_bytes(), run.name, Ended(at, "unchanged")))
    page.goto(way.as_uri())
    banner = page.locator("#age")
    assert banner.is_visible() == (told is not None)
    assert (told or "") in banner.inner_text()
    assert "nothing new" in page.locator(".ended").inner_text()
    way.unlink()
