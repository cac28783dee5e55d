"""Every table of every page of the demonstration is held against the snapshot's own tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lxml import html

from pv.dictionary.verdicts import CONDITIONS
from pv.report import slugs, words
from pv.report.listing import MOST
from pv.report.pages import MOST_COUNTRIES

number, whole, percent, chance = words.number, words.whole, words.percent, words.chance
Row = list[str]
Pair = tuple[str, str, str]
LISTS = ("index", "watch", "listed", "aside", "others")
ORDER = [condition.key for condition in CONDITIONS]


@pytest.fixture(scope="module")
def con(demonstration) -> Iterator[duckdb.DuckDBPyConnection]:
    file = demonstration[0] / "published" / "current" / "poolvigil.duckdb"
    with duckdb.connect(str(file), read_only=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(demonstration) -> Path:
    (folder,) = (path for path in (demonstration[0] / "reports").iterdir() if path.is_dir())
    return folder


def tables(file: Path) -> list[tuple[str, list[Row]]]:
    """The tables of a page: the caption and the text of each cell, a row at a time."""
    page = html.parse(str(file), html.HTMLParser(encoding="utf-8"))
    return [
        (
            text(table.find("caption")),
            [[text(cell) for cell in row] for row in table.iterfind("tbody/tr")],
        )
        for table in page.iter("table")
    ]


def table(file: Path, begins: str) -> list[Row]:
    """The rows of the one table whose caption begins so; none where there is no such table."""
    found = [rows for caption, rows in tables(file) if caption.startswith(begins)]
    assert len(found) < 2, (file, begins)
    return found[0] if found else []


def text(element: Any) -> str:
    return " ".join(" ".join(element.itertext()).split())


def asked(con: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[dict[str, Any]]:
    found = con.execute(query, values)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def headlines(con, site) -> dict[Path, Pair]:
    """The page of each pair of the snapshot that has one."""
    pairs = con.execute("select product, event, event_kind from mart.signal").fetchall()
    files = {site / slugs.headline_page(*pair): pair for pair in pairs}
    found = {file: pair for file, pair in files.items() if file.is_file()}
    assert set(found) == set((site / "headline").iterdir())
    assert len(found) > 80
    return found


def by_pair(
    con: duckdb.DuckDBPyConnection, headlines: dict[Path, Pair], of: str, order: str = "1"
) -> dict[Pair, list[dict[str, Any]]]:
    """The rows of a table or view by the pairs that have a page, in one query."""
    keys = [list(key) for key in zip(*headlines.values(), strict=True)]
    found: dict[Pair, list[dict[str, Any]]] = {pair: [] for pair in headlines.values()}
    query = (
        f"from {of} semi join (select unnest(?) as product, unnest(?) as event, "
        f"unnest(?) as event_kind) using (product, event, event_kind) order by {order}"
    )
    for row in asked(con, query, *keys):
        found[row["product"], row["event"], row["event_kind"]].append(row)
    return found


def test_nothing_flagged_of_an_advanced_therapy_is_absent(con, site, headlines) -> None:
    flagged = set(
        con.execute(
            "select product, event, event_kind from mart.signal "
            "where verdict <> 'not_flagged' and atmp_class <> 'none' and headline is not false"
        ).fetchall()
    )
    signalled = set(
        con.execute(
            "select coalesce(s.headline_product, r.product), coalesce(s.headline_event, r.event), "
            "coalesce(s.headline_event_kind, r.event_kind) from mart.rate_window r "
            "left join mart.signal s using (product, event, event_kind) "
            "where r.state = 'signal' and r.country = 'all'"
        ).fetchall()
    )
    assert len(flagged) > 80
    assert len(signalled) > 3
    assert flagged | signalled <= set(headlines.values())
    index = html.parse(str(site / "index.html"))
    linked = {
        (site / link.get("href")).resolve()
        for link in (*index.iterfind(".//table/tbody/tr/th//a"), *index.iterfind(".//li//a"))
        if "headline/" in link.get("href")
    }
    assert {file for file, pair in headlines.items() if pair in flagged | signalled} <= linked


def test_a_first_nights_list_calls_no_case_alert_new(site) -> None:
    rows = html.parse(str(site / "index.html")).findall(".//table/tbody/tr/th")
    said = " ".join(row.text_content() for row in rows)
    assert "case alert" in said
    assert "new case alert" not in said


def test_the_answer_speaks_of_the_rates_and_both_arms_lead_to_each_other(
    con, site, headlines
) -> None:
    signalled = con.execute(
        "select coalesce(s.headline_product, r.product), coalesce(s.headline_event, r.event), "
        "coalesce(s.headline_event_kind, r.event_kind), bool_or(r.rate_verdict = 'pooled_only') "
        "from mart.rate_window r left join mart.signal s using (product, event, event_kind) "
        "where r.state = 'signal' and r.country = 'all' group by all"
    ).fetchall()
    alone = sum(pooled for *_, pooled in signalled)
    index = html.parse(str(site / "index.html"))
    (answer,) = index.iterfind(".//section[@aria-labelledby='answer']")
    said = f"{len(signalled)} headlines have signalled, {alone} of the pool alone."
    assert said in " ".join(answer.text_content().split())

    grid = html.parse(str(site / "observable.html"))
    back = {link.get("href") for link in grid.iterfind(".//a")}
    files = {pair: file for file, pair in headlines.items()}
    for *pair, _ in signalled:
        file = files[tuple(pair)]
        assert f"./headline/{file.name}#rates" in back
        away = {link.get("href") for link in html.parse(str(file)).iterfind(".//a")}
        assert "../observable.html#latency" in away


def test_the_list_says_what_the_views_say(con, site, headlines) -> None:
    signals = by_pair(con, headlines, "mart.signal")
    views = by_pair(con, headlines, "pairs")
    seen = 0
    lists = [html.parse(str(site / f"{name}.html")) for name in LISTS]
    rows = [
        (own, row) for own in lists for row in own.iterfind(".//table[@class='triage']/tbody/tr")
    ]
    for index, row in rows:
        pair = headlines[(site / row.find("th//a").get("href")).resolve()]
        (own,), (view,) = signals[pair], views[pair]
        q = (
            min(own["q_country"], own["q_pool"])
            if own["countries_flagged"] and own["q_country"] is not None
            else own["q_value"]
        )
        gain = "" if own["gain_days"] is None else whole(own["gain_days"])
        cells = [text(cell) for cell in row]
        told = [cell.split(" ")[0] for cell in cells]
        assert (row.get("data-product"), row.get("data-verdict")) == (pair[0], own["verdict"])
        assert cells[1].startswith(index.find(f".//option[@value='{own['verdict']}']").text)
        assert told[2:6] == [
            whole(own["n"]), whole(view["n_serious"]), whole(view["n_fatal"]),
            whole(own["n_countries"]),
        ]  # fmt: skip
        assert cells[6:9] == [number(own["expected"]), number(own["ic025"]), number(q, 3)]
        # Nobody has decided on a signal of the demonstration.
        assert cells[10:] == ["detected", words.ABSENT]
        assert cells[9].lstrip("≥") == (gain or words.ABSENT)
        seen += 1
    assert seen == len(headlines)


def test_what_stands_apart_on_the_index_says_its_cases(con, site, headlines) -> None:
    views = by_pair(con, headlines, "pairs")
    items = html.parse(str(site / "index.html")).findall(".//ul[@class='short long']/li")
    assert len(items) > 50
    for item in items:
        (view,) = views[headlines[(site / item.find("a").get("href")).resolve()]]
        fatal = f", {whole(view['n_fatal'])} fatal" if view["n_fatal"] else ""
        cases = text(item).removeprefix(text(item.find("a"))).removeprefix(" (group)")
        assert cases.strip() == f"{whole(view['n'])}{fatal}"


def test_each_headline_says_what_the_tables_say_of_it(con, headlines) -> None:
    pooled = by_pair(con, headlines, "mart.pair")
    signals = by_pair(con, headlines, "mart.signal")
    places = by_pair(con, headlines, "pairs_by_country_with_zeros", "a desc, country")
    variants = by_pair(con, headlines, "mart.sensitivity")
    powers = by_pair(con, headlines, "mart.country_power", "p_at_estimate desc, a desc, country")
    conditions = by_pair(con, headlines, "mart.signal_condition")
    reported = by_pair(
        con, headlines, "mart.rate", "country <> 'all', n desc, patients desc, country"
    )
    times = by_pair(con, headlines, "mart.time_to_onset", "days")
    for file, pair in headlines.items():
        (p,), (s,) = pooled[pair], signals[pair]
        a, b, c = p["n"], p["n_product"] - p["n"], p["n_event"] - p["n"]
        crude = table(file, "The crude two-by-two")
        assert [row[1:3] for row in crude] == [
            [whole(a), whole(b)], [whole(c), whole(p["n_cases"] - a - b - c)]
        ], file  # fmt: skip
        side = {row[0]: row[1:] for row in table(file, "Pooled and crude")}
        assert side["Cases"] == [whole(a)] * 2
        assert side["Expected"] == [number(p["expected"]), number(p["crude_expected"])]
        ic = f"{number(p['ic'])} ({number(p['ic025'])} to {number(p['ic975'])})"
        assert side["IC (95%)"] == [
            ic, f"{number(p['crude_ic'])} (lower {number(p['crude_ic025'])})"
        ]  # fmt: skip
        assert side["PRR"] == [number(p["prr"]), number(p["crude_prr"])]
        assert side["p-value"][0] == number(s["p_value"], 4)

        told = [[*row[1:6]] for row in table(file, "By country.")]
        assert told == [
            [whole(k["a"]), whole(k["b"]), whole(k["c"]), whole(k["d"]), number(k["expected"])]
            for k in places[pair]
        ], file
        assert [row[1:4] for row in table(file, "Sensitivity")] == [
            [whole(v["n"]), number(v["expected"]), number(v["ic025"])]
            for v in sorted(
                variants[pair],
                key=lambda v: list(words.VARIANTS).index(v["variant"]),
            )
        ]
        power = [k for k in powers[pair] if k["is_country"]]
        assert [row[1:6] for row in table(file, "Probability to flag alone")] == [
            [whole(k["a"]), number(k["expected"]), number(k["excess"]),
             whole(k["critical_count"]), chance(k["p_at_estimate"])]
            for k in power[:MOST_COUNTRIES]
        ]  # fmt: skip
        assert [row[1] for row in table(file, "Each condition")] == [
            "holds" if c["holds"] else "does not hold"
            for c in sorted(
                conditions[pair],
                key=lambda c: ORDER.index(c["condition"]),
            )
        ]
        assert [row[1:4] for row in table(file, "Reporting rate")] == [
            [whole(r["n"]), whole(r["patients"]), number(r["rate"])] for r in reported[pair]
        ]
        assert [row[:3] for row in table(file, "Share of onsets")] == [
            [whole(o["days"]), percent(o["onset_share_low"]), percent(o["onset_share_high"])]
            for o in times[pair]
        ]


def test_the_line_listing_holds_the_cases_that_are_counted(con, headlines) -> None:
    members = dict(
        con.execute(
            "select g.label, list(lower(m.event)) from core.event_group g "
            "join core.event_group_member m using (event_group) group by 1"
        ).fetchall()
    )
    for file, (product, event, kind) in headlines.items():
        terms = members[event] if kind == "event_group" else [event.lower()]
        cases = asked(
            con,
            "select c.source_case_id, c.age_years, c.sex, c.completeness, c.fatal, c.serious "
            "from cases c where exists (from case_events e where e.case_id = c.case_id and "
            "list_contains(?, lower(e.event))) and exists (from case_drugs d where "
            "d.case_id = c.case_id and d.product = ? and "
            "d.role in ('primary_suspect', 'suspect', 'interacting'))",
            terms, product,
        )  # fmt: skip
        (n,) = con.execute(
            "select n from mart.pair where (product, event, event_kind) = (?, ?, ?)",
            [product, event, kind],
        ).fetchone() or (0,)
        assert len(cases) == n, file
        listed = table(file, f"{n:,} case")
        by_number = {case["source_case_id"]: case for case in cases}
        assert len(listed) == min(n, MOST), file
        fatal = [case for case in cases if case["fatal"]]
        assert sum(row[9] == "fatal" for row in listed) == min(len(fatal), MOST)
        for row in listed:
            case = by_number[row[0].split(" ")[0]]
            assert row[3:5] == [whole(case["age_years"]), case["sex"] or words.ABSENT]
            assert row[-1] == percent(case["completeness"])


def windows(con: duckdb.DuckDBPyConnection, pair: Pair) -> list[list[str]]:
    return [
        [
            f"{whole(w['n'])} ({whole(w['n_possible'])})", whole(w["person_years"]),
            number(w["expected"]),
        ]
        for w in asked(
            con,
            "from mart.rate_window where country = 'all' and "
            "(product, event, event_kind) = (?, ?, ?) order by latency_window = 'all', from_days",
            *pair,
        )
    ]  # fmt: skip


def test_windows_patients_and_events_of_each_product(con, site) -> None:
    products = {
        p: site / slugs.product_page(p)
        for (p,) in con.execute("select brand from core.product").fetchall()
    }
    shown = {p: file for p, file in products.items() if file.is_file()}
    assert set(shown.values()) == set((site / "product").iterdir())
    assert len(shown) > 5
    for product, file in shown.items():
        rows = table(file, f"{len(events(con, product)):,} event")
        assert sorted(row[2:5] for row in rows) == sorted(
            [whole(e["n"]), number(e["expected"]), number(e["ic025"])] for e in events(con, product)
        )
        told = [
            [row[2:5] for row in rows] for begins, rows in tables(file) if "Cases against" in begins
        ]
        pairs = con.execute(
            "select distinct product, event, event_kind from mart.rate_window where product = ?",
            [product],
        ).fetchall()
        assert sorted(told) == sorted(windows(con, pair) for pair in pairs), file
        patients = asked(
            con,
            "select country, sum(patients) as n from core.exposure where product = ? group by 1",
            product,
        )
        assert sorted(row[3] for row in table(file, "As told by")) == sorted(
            whole(each["n"]) for each in patients
        )


def events(con: duckdb.DuckDBPyConnection, product: str) -> list[dict[str, Any]]:
    return asked(con, "from mart.signal where product = ?", product)


def test_what_each_country_sent(con, site) -> None:
    strata = [s for (s,) in con.execute("select distinct stratum from core.case").fetchall()]
    files = {s: site / slugs.country_page(s) for s in strata}
    assert set(files.values()) == set((site / "country").iterdir())
    for stratum, file in files.items():
        sources = asked(
            con, "select source, count(*) as n from cases where stratum = ? group by 1", stratum
        )
        assert {row[0]: row[1] for row in table(file, "Counted cases")} == {
            s["source"]: whole(s["n"]) for s in sources
        }
        products = asked(
            con,
            "select product, n_product as n from mart.product_margin "
            "join core.product on brand = product where stratum = ?",
            stratum,
        )
        assert {row[0]: row[1] for row in table(file, "Advanced therapies")} == {
            p["product"]: whole(p["n"]) for p in products
        }


def test_the_grid_of_windows_and_the_files(con, site) -> None:
    grid = [each for each in tables(site / "observable.html") if each[0].startswith("Every window")]
    assert len(grid) > 1
    cells = [cell for _, rows in grid for row in rows for cell in row[1:]]
    expected = asked(con, "select n, expected, state from mart.rate_window where country = 'all'")
    assert sorted(" ".join(cell.split()[1:]) for cell in cells) == sorted(
        f"{words.STATES[w['state']].name} {whole(w['n'])}"
        + (f" / {number(w['expected'])}" if w["expected"] is not None else "")
        for w in expected
    )
    files = asked(con, "from ops.source_file")
    assert sorted(row[3:6] for row in table(site / "quality.html", "Files received")) == sorted(
        [whole(f["rows_read"]), whole(f["rows_kept"]), whole(f["rows_quarantined"])] for f in files
    )
