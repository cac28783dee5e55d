"""From a published snapshot to the officers' pages: what they say, and that nothing breaks out."""

import base64
import hashlib
import posixpath
import re
import shutil
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pv.dictionary import SCHEMAS, TABLES, table
from pv.dictionary.ddl import script
from pv.errors import PublishError, UsageError
from pv.quality.series import QUARTER_MISSING
from pv.report import slugs, words, workbook, write
from pv.report.content import opened
from pv.report.pairs import Pair
from pv.report.quality import Quality
from pv.stats import disproportionality, information, stratified

WITH_LISTS = ("aside.html", "decisions.html", "index.html", "listed.html", "others.html",
              "watch.html")  # fmt: skip
TEMPLATES = Path(slugs.__file__).parent / "templates"
AS_OF = date(2024, 12, 31)
# All cases of a country. MT and DE are the two of the Simpson example (METHODS.md part 7).
CASES = {"MT": 300, "DE": 10_000, "FR": 2_000, "IT": 2_000, "ES": 2_000, "GB": 2_000, "US": 2_000,
         "JP": 2_000, "CA": 2_000, "AU": 2_000, "EU (masked)": 1_000}  # fmt: skip
NAMES = {"MT": "Malta", "DE": "Germany", "FR": "France", "IT": "Italy", "ES": "Spain",
         "GB": "United Kingdom", "US": "United States", "JP": "Japan", "CA": "Canada",
         "AU": "Australia"}  # fmt: skip
REGION = {"MT": "Europe", "DE": "Europe", "FR": "Europe", "IT": "Europe", "ES": "Europe",
          "GB": "Europe", "US": "North America", "CA": "North America", "JP": "Japan",
          "AU": "Rest of world", "EU (masked)": "Europe"}  # fmt: skip

EVIL = "<script>alert(1)</script>"
EVIL_ATTRIBUTE = '"><img src=x onerror=alert(1)>'

# (product, class, event, verdict, {stratum: (a, cases of the product, cases of the event)})
POOLED_ONLY = (
    "Zolgensma", "GTMP", "Acute hepatic failure", "pooled_only",
    # Each country expects 50 x 20 / 2000 = 0.5; six have 2 cases, two have none.
    dict.fromkeys(("FR", "IT", "ES", "GB", "US", "JP"), (2, 50, 20))
    | dict.fromkeys(("CA", "AU"), (0, 50, 20)),
)  # fmt: skip
COUNTRY_SIGNAL = (
    "Kymriah", "GTMP", "Myelodysplastic syndrome", "country_signal",
    {"US": (14, 100, 80), "FR": (1, 60, 20), "EU (masked)": (1, 30, 10)},
)  # fmt: skip
WATCHED = (
    "Kymriah", "GTMP", "Headache", "watch",
    dict.fromkeys(("FR", "IT", "ES"), (1, 60, 20)),
)  # fmt: skip
DRIVEN = (
    "Hemgenix", "GTMP", "Deep vein thrombosis", "single_country_driven",
    {"GB": (9, 110, 80), "IT": (1, 4, 20), "ES": (1, 4, 20)},
)  # fmt: skip
SIMPSON = (
    "Luxturna", "GTMP", "Chorioretinal atrophy", "confounded_by_country",
    # (8, 92, 16, 184) and (1, 99, 99, 9801): each has exactly as many cases as expected.
    {"MT": (8, 100, 24), "DE": (1, 100, 100)},
)  # fmt: skip
HOSTILE = (
    EVIL, "none", EVIL_ATTRIBUTE, "pooled_only",
    dict.fromkeys(("FR", "IT", "ES", "GB"), (3, 40, 20)),
)  # fmt: skip
SPEC = (POOLED_ONLY, COUNTRY_SIGNAL, DRIVEN, WATCHED, SIMPSON, HOSTILE)
# Of products in scope; chance is not reckoned for others.
ERROR = {"family": "important", "p_value": 0.0005, "null_kind": "sharp", "expected_false": 0.05,
         "q_value": 0.0123, "q_country": 1.0, "q_pool": 0.0123, "confirmed": True}  # fmt: skip
# (family, list, rows, expected, by broken links, its standard deviation, is it more, a year)
LIST_ERROR = (
    ("important", "pooled_only", 1, 0.04, 0.05, 0.22, False, 0.1),
    ("important", "country_signal", 1, 1.2, 0.5, 0.69, False, 3.0),
    ("important", "watch", 0, 3.4, 1.4, 1.2, False, 8.5),
    ("other", "pooled_only", 0, 0.0, 0.0, 0.0, False, 0.0),
    ("other", "country_signal", 0, 0.4, 1.7, 0.3, True, 1.0),
    ("other", "watch", 1, 2.1, 1.1, 0.9, None, 5.25),
)  # fmt: skip
# Of the first pair, in another order than on the page.
SENSITIVITY = (
    ("known_country", 11, 3.75, 0.4, True),
    ("as_counted", 12, 4.0, 0.5, True),
    ("before_notice", 2, 1.25, -1.5, False),
)
CHANCES = ("p_at_estimate", "p_at_lower", "p_at_small_rr", "p_at_medium_rr", "p_at_large_rr")


# What required columns hold that the report does not read.
FILLER = {"varchar": "", "varchar[]": [], "json": "{}", "date": AS_OF, "boolean": False,
          "integer": 0, "bigint": 0, "double": 0.0}  # fmt: skip


def insert(con: duckdb.DuckDBPyConnection, into: str, /, **columns: object) -> None:
    required = {f.name: FILLER[f.type] for f in table(into).fields if f.required}
    row = required | columns
    con.execute(
        f"insert into {into} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
        list(row.values()),
    )


def finite(value: object) -> float | None:
    number = float(np.asarray(value))
    return number if np.isfinite(number) else None


def one_table(a: float, b: float, c: float, d: float) -> dict[str, float | None]:
    """The statistics of a single table, as the view pairs_by_country has them."""
    expected = (a + b) * (a + c) / (a + b + c + d)
    return counted(a, expected) | odds(disproportionality.ror(a, b, c, d)) | {
        "prr": finite(disproportionality.prr(a, b, c, d).estimate),
        "chi2_yates": finite(disproportionality.chi2(a, b, c, d, yates=True)),
    }  # fmt: skip


def stored(statistics: dict[str, float | None]) -> dict[str, float | None]:
    """Without what the view pairs_by_country reckons."""
    return {name: value for name, value in statistics.items() if name not in ("ic", "rrr")}


def counted(n: float, expected: float) -> dict[str, float | None]:
    ic = information.ic(n, expected)
    return {"expected": expected, "ic": finite(ic.estimate), "ic025": finite(ic.lower),
            "ic975": finite(ic.upper), "rrr": n / expected}  # fmt: skip


def odds(estimate) -> dict[str, float | None]:
    return {"ror": finite(estimate.estimate), "ror025": finite(estimate.lower),
            "ror975": finite(estimate.upper)}  # fmt: skip


def fill_pair(con: duckdb.DuckDBPyConnection, rank: int, spec: tuple) -> None:
    product, atmp_class, event, verdict, strata = spec
    key = {"product": product, "event": event, "event_kind": "event"}
    cells = {
        k: (a, p - a, e - a, CASES[k] - p - e + a) for k, (a, p, e) in strata.items()
    }  # fmt: skip
    for k, (a, p, e) in strata.items():
        insert(con, "mart.product_margin", product=product, stratum=k, n_product=p)
        insert(con, "mart.event_margin", event=event, event_kind="event", stratum=k, n_event=e)
        insert(con, "mart.product_period_margin", product=product, stratum=k, n_product=p)
        insert(con, "mart.event_period_margin", event=event, event_kind="event", stratum=k,
               n_event=e)  # fmt: skip
        if a:
            insert(con, "mart.pair_country", **key, country=k, is_country=k in NAMES,
                   **dict(zip("abcd", cells[k], strict=True)), **stored(one_table(*cells[k])),
                   flagged=verdict == "country_signal" and k == "US")  # fmt: skip
    for region in sorted({REGION[k] for k in strata}):
        inside = [k for k in strata if REGION[k] == region]
        n = sum(strata[k][0] for k in inside)
        expected = sum(strata[k][1] * strata[k][2] / CASES[k] for k in inside)
        if n:
            insert(con, "mart.pair_region", **key, region=region, n=n, **counted(n, expected),
                   flagged=False)  # fmt: skip
    n, n_product, n_event = (sum(s[i] for s in strata.values()) for i in range(3))
    n_cases = sum(CASES.values())
    pooled = counted(n, sum(p * e / CASES[k] for k, (_, p, e) in strata.items()))
    arrays = np.array(list(cells.values()), dtype=float).T
    pooled |= odds(stratified.mh_or(*arrays))
    pooled |= {"prr": 2.0, "chi2_yates": 4.0}
    crude = one_table(n, n_product - n, n_event - n, n_cases - n_product - n_event + n)
    crude = {f"crude_{k}": v for k, v in crude.items() if k not in ("ic975", "ror975", "rrr")}
    insert(con, "mart.pair", **key, n=n, n_product=n_product, n_event=n_event, n_cases=n_cases,
           **pooled, **crude, bh_midp=0.01, flagged=True)  # fmt: skip
    top = min((k for k in strata if k in NAMES), key=lambda k: (-strata[k][0], k))
    kept = {k: pooled[k] for k in ("expected", "ic", "ic025", "ror", "ror025", "prr", "chi2_yates")}
    insert(con, "mart.signal", **key, atmp_class=atmp_class, verdict=verdict,
           reasons=[f"The pool has {n} cases.", f"{EVIL} {EVIL_ATTRIBUTE}"], n=n, **kept,
           crude_ic025=crude["crude_ic025"],
           **(ERROR if atmp_class != "none" else {}),
           n_countries=sum(s[0] > 0 for k, s in strata.items() if k in NAMES),
           effective_countries=4.0,
           top_country=top, top_share=strata[top][0] / n,
           loco_fragility=None if verdict == "confounded_by_country" else 2, rank=rank,
           any_country_power=0.123, pool_power=0.999,
           as_of=AS_OF)  # fmt: skip
    for k, (a, p, e) in strata.items():
        chances = (
            dict.fromkeys(CHANCES, None)
            if k not in NAMES
            else dict(zip(CHANCES, (0.0701 if a else 0.031, 0.004, 0.02, 0.5, 0.996), strict=True))
        )
        insert(con, "mart.country_power", **key, country=k, is_country=k in NAMES, a=a,
               expected=p * e / CASES[k], excess=a - p * e / CASES[k],
               critical_count=4 if k in NAMES else None, **chances)  # fmt: skip


def fill_operations(con: duckdb.DuckDBPyConnection, spec: tuple) -> None:
    for file_id, (name, read, kept, status, message) in enumerate(
        (
            ("a/DEMO24Q4.zip", 1_000, 997, "ok", ""),
            (f"{EVIL}.zip", 0, 0, "failed", EVIL_ATTRIBUTE),
        )
    ):
        insert(con, "ops.source_file", file_id=file_id, source="faers", name=name,
               sha256=f"{file_id:064x}", rows_read=read, rows_kept=kept,
               rows_quarantined=read - kept, status=status, message=message)  # fmt: skip
    # Three rows, one of which broke two rules.
    for line, rule in ((7, "age_in_range"), (8, "age_in_range"), (9, "age_in_range"), (9, EVIL)):
        insert(con, "ops.quarantine", source="faers", file_id=0, name="a/DEMO24Q4.zip", line=line,
               rule=rule, reason=EVIL_ATTRIBUTE)  # fmt: skip
    insert(con, "ops.validation", suite="staging.report", rule="receipt_date_known",
           severity="warning", success=False, rows_checked=1_000, rows_failed=3,
           detail=EVIL)  # fmt: skip
    for kind, draws, found, sd in (
        ("observed", 1, 7.0, None), ("broken_links", 20, 1.35, 1.04), ("country_labels", 20, 5, 2),
    ):  # fmt: skip
        insert(con, "mart.permutation_null", permutation=kind, draws=draws, pairs_mean=90.0,
               flagged_mean=9.0, pooled_only_mean=found, pooled_only_sd=sd)  # fmt: skip
    for family, name, rows, expected, mean, sd, more, year in LIST_ERROR if spec else ():
        insert(con, "mart.list_error", family=family, list=name, rows=rows,
               expected_false=expected, permutation_mean=mean, permutation_sd=sd,
               permutation_exceeds=more, false_per_year=year)  # fmt: skip
    insert(con, "ops.run", run_id="run-1", as_of=AS_OF, code_version="0.1.0", fingerprint="f" * 64,
           seed=1, what_if=False, settings='{"roles": ["suspect"]}',
           spec="{}",
           rules='{"description": "IC025 > 0 and ROR025 > 1 and n >= 3", "n_min": 3}',
           inputs=f'[{{"source": "faers", "name": "{EVIL}", "sha256": "ab12"}}]',
           versions='{"duckdb": "1.5.5"}')  # fmt: skip


def fill_cases(con: duckdb.DuckDBPyConnection, sender: str) -> None:
    # Five cases: one duplicate set aside, one masked, one of unknown country.
    for case_id, (country, masked, master) in enumerate(
        (("DE", False, True), ("FR", False, True), ("FR", False, False), (None, True, True),
         (None, False, True)), start=1):  # fmt: skip
        insert(con, "core.case", case_id=case_id, authority="FDA", source="faers",
               source_case_id=str(case_id), source_report_id=str(case_id), release="2024Q4",
               sender=sender, first_receipt_date=AS_OF, receipt_date=AS_OF, country=country,
               country_basis="occurrence" if country else "none", country_masked=masked,
               stratum=country or ("EU (masked)" if masked else "unknown"),
               duplicate_group=case_id if master else 2, is_master=master,
               completeness=0.5)  # fmt: skip


def fill_alerts(con: duckdb.DuckDBPyConnection) -> None:
    """A new fatal case, one of an earlier night, its duplicate, a withdrawn and a listed one."""
    pml = "Progressive multifocal leukoencephalopathy"
    for case_id, number, status, with_, new, fatal, onset, window, on_label in (
        (1, EVIL, "stands", None, True, True, (214, 244), "91-365 d", False),
        (2, "2", "stands", None, False, False, (30, 30), "0-30 d", False),
        (3, "33", "duplicate", 2, False, False, (None, None), None, False),
        (4, "44", "withdrawn", None, False, None, (None, None), None, False),
        (5, "555", "stands", None, True, False, (None, None), None, True),
    ):
        insert(con, "mart.case_alert", case_id=case_id, authority="FDA", source_case_id=number,
               product="Kymriah", event=pml, event_kind="event_group", terms=[pml],
               alert_status=status, counted_with=with_, alerted_on=AS_OF, is_new=new, country="FR",
               first_receipt_date=AS_OF, receipt_date=AS_OF, serious=fatal, fatal=fatal,
               time_to_onset_days_low=onset[0], time_to_onset_days_high=onset[1],
               latency_window=window, listed=on_label)  # fmt: skip


def make_snapshot(path: Path, *, sender: str = "ACME", spec: tuple = SPEC) -> Path:
    with duckdb.connect(str(path)) as con:
        for statement in script(SCHEMAS, TABLES):
            con.execute(statement)
        for code, name in NAMES.items():
            insert(con, "core.country", country=code, country_name=name, region=REGION[code])
        for k, n in CASES.items():
            insert(con, "mart.country_margin", stratum=k, is_country=k in NAMES, region=REGION[k],
                   n_cases=n)  # fmt: skip
            # One period of receipt.
            insert(con, "mart.period_margin", stratum=k, n_cases=n)
        for rank, pair in enumerate(spec, start=1):
            fill_pair(con, rank, pair)
        for variant, n, expected, ic025, stands in SENSITIVITY if spec else ():
            insert(con, "mart.sensitivity", product="Zolgensma", event="Acute hepatic failure",
                   event_kind="event", variant=variant, n=n, expected=expected, ic025=ic025,
                   stands=stands)  # fmt: skip
        insert(con, "mart.rate", product="Zolgensma", event="Acute hepatic failure",
               event_kind="event", country="all", n=12, patients=2_300.0, rate=5.217,
               rate_lower=2.696, rate_upper=9.114)  # fmt: skip
        fill_operations(con, spec)
        fill_cases(con, sender)
        if spec:
            fill_alerts(con)
    return path


class Page(HTMLParser):
    """Tags, attributes and visible text of a page, as a browser's parser sees them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    @property
    def prose(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory) -> Path:
    return make_snapshot(tmp_path_factory.mktemp("published") / "poolvigil.duckdb")


@pytest.fixture(scope="module")
def folder(snapshot, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("reports") / "2024"
    assert write(snapshot, target) == target / "index.html"
    assert [p.name for p in target.parent.iterdir()] == ["2024"]
    return target


@pytest.fixture(scope="module")
def htmls(folder) -> dict[str, str]:
    """Every page by its path."""
    return {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8")
        for file in sorted(folder.rglob("*.html"))
    }


@pytest.fixture(scope="module")
def pages(htmls) -> dict[str, Page]:
    return {path: Page(html) for path, html in htmls.items()}


@pytest.fixture(scope="module")
def page(pages) -> Page:
    """The index."""
    return pages["index.html"]


@pytest.fixture(scope="module")
def shown(snapshot) -> list[Pair]:
    """What is shown of each headline, in the order of the list."""
    with opened(snapshot) as content:
        return list(content.pairs())


def headline(pages: dict[str, Page], spec: tuple) -> str:
    """The text of the page of a pair."""
    return pages[slugs.headline_page(spec[0], spec[2], "event")].prose


def quality_of(snapshot: Path) -> Quality:
    with opened(snapshot) as content:
        return content.quality


def index(database: Path, folder: Path) -> str:
    return Page(write(database, folder).read_text(encoding="utf-8")).prose


def test_the_answer_comes_before_the_details(page, pages):
    prose = page.prose
    order = [
        "1 signal that only the pool shows; <0.1 expected by chance.",
        f"{words.ABSENT} new no night before is known",
        "fatal; told here for the first time",
        "Since the last night",
        "stand, told here for the first time",
        "Ranked signals",
        "A case alert is no signal",
        "Apart from the list",
        "Watch list: 1",
        "Set aside: 1",
        "Chance is reckoned over every product in scope (advanced therapies) and every event.",
        "1 pair is a signal of a country as well (up to 1.6 expected by chance).",
        "The watch list holds 1 pair that chance alone may explain: without any effect up to",
        "Important events Pooled only 1 0.04 0.05 (0.22) 0.10",
        "Other events Watch 1 2.10 1.10 (0.90) 5.25",
        "By product and by country",
        "About this report Safety reports",
        "Limits",
    ]
    start = prose.index("The answer 1 signal")
    places = [prose.index(text, start) for text in order]
    assert places == sorted(places)
    method = pages["method.html"].prose
    places = [method.index(t, 300) for t in ("Verdicts", "What ran on what", "Limits", "Glossary")]
    assert places == sorted(places)


def test_advanced_therapies_come_first_and_pooled_only_first_among_them(shown):
    assert [pair.signal.product for pair in shown] == [
        "Zolgensma",  # pooled only
        "Kymriah",
        "Hemgenix",
        "Kymriah",  # watched
        "Luxturna",  # set aside
        EVIL,  # not an advanced therapy
    ]


def test_countries_without_a_case_are_shown_and_their_expectation_adds_up(shown, pages):
    pair = shown[0]
    assert (
        "Ask in the 2 countries with product and event why no case of both is known there."
        in headline(pages, POOLED_ONLY)
    )
    assert [s.name for s in pair.silent] == ["Australia", "Canada"]
    # Nobody of CA or AU has both: b = 50, c = 20, d = 2000 - 50 - 20.
    silent = pair.silent[0]
    assert (silent.a, silent.b, silent.c, silent.d) == (0, 50, 20, 2_000 - 50 - 20)
    assert silent.ic is None
    assert sum(s.expected for s in pair.strata) == pytest.approx(8 * 50 * 20 / 2_000)
    assert pair.pooled.expected == pytest.approx(8 * 50 * 20 / 2_000)


def test_what_is_left_of_a_pair_on_fewer_cases_stands_on_its_page(shown, pages):
    pair = shown[0]
    assert [v.variant for v in pair.variants] == ["as_counted", "before_notice", "known_country"]
    assert (
        "Every case 12 4.00 0.50 holds Only what was received by the public notice 2 1.25 "
        f"{words.MINUS}1.50 fails Only cases of a known country 11 3.75 0.40 holds"
        in headline(pages, POOLED_ONLY)
    )
    assert [path for path, page in pages.items() if "Does it stand?" in page.prose] == [
        pair.signal.page
    ]


def test_what_each_country_could_have_seen_stands_on_the_page_of_a_pair(shown, pages):
    pair = shown[0]
    prose = headline(pages, POOLED_ONLY)
    assert len(pair.chances) == 8
    # The best placed first; of equals the first in the alphabet of codes.
    assert [c.name for c in pair.chances][:2] == ["Spain", "France"]
    assert [c.a for c in pair.chances] == [2] * 6 + [0] * 2
    assert "one country would have flagged with a probability of 12%, the pool with >99%." in (
        prose
    )
    # cases, expected, excess, needed, at the estimate, at its lower limit, at 2, 5 and 10
    assert "Spain 2 0.50 1.50 4 7% <1% 2% 50% >99%" in prose
    assert [headline(pages, spec).count("Probability to flag alone") for spec in SPEC] == [1] * 6


def test_the_permutation_null_stands_beside_the_answer(page):
    assert (
        "7 pairs in scope look pooled only by the first conditions; with broken links 1.4 would "
        "(standard deviation 1.0, 20 draws), with the countries of the cases shuffled instead 5.0."
        in page.prose
    )
    answer = page.prose.index("The answer 1 signal")
    asked = page.prose.index("Before chance is asked:")
    assert answer < page.prose.index("Ranked signals", answer) < asked


def test_a_list_to_which_broken_links_bring_more_is_told_with_both_figures(page):
    text = page.prose
    assert "With broken links more pairs come to 1 list than are expected by chance" in text
    assert (
        "Country signal (Other events: 1.7 where 0.4 are expected). Take the larger figure." in text
    )


def test_without_permutations_nothing_is_said_of_them(tmp_path):
    snapshot = make_snapshot(tmp_path / "s.duckdb")
    with duckdb.connect(str(snapshot)) as con:
        con.execute("update mart.permutation_null set draws = 0 where permutation <> 'observed'")
    prose = index(snapshot, tmp_path / "r")
    assert "Before chance is asked" not in prose
    assert "Broken links" not in prose
    assert "Important events Pooled only 1 0.04 0.10" in prose


def test_simpsons_example_shows_the_crude_excess_and_the_stratified_nothing(shown, page):
    pair = next(p for p in shown if p.signal.product == "Luxturna")
    # 100 x 24 / 300 = 8 and 100 x 100 / 10000 = 1: as many as there are cases.
    assert [(s.name, s.a, s.expected) for s in pair.strata] == [
        ("Malta", 8, pytest.approx(8)),
        ("Germany", 1, pytest.approx(1)),
    ]
    assert pair.pooled.ic == pytest.approx(0)
    assert pair.pooled.crude_ic > 1
    assert "Set aside: 1 No signals: confounded by country" in page.prose


def test_the_pool_cannot_flag_as_a_country_when_the_country_is_masked(shown, pages):
    pair = next(p for p in shown if p.signal.product == "Kymriah")
    masked = next(s for s in pair.strata if s.stratum == "EU (masked)")
    assert not masked.is_country
    assert "EU (masked) no country" in headline(pages, COUNTRY_SIGNAL)


def test_data_quality_adds_up_and_names_what_is_wrong(snapshot, page, pages):
    quality = quality_of(snapshot)
    assert {q.rule: q.rows for q in quality.quarantine} == {"age_in_range": 3, EVIL: 1}
    cases = quality.cases
    assert (cases.cases, cases.counted, cases.masked, cases.unknown) == (5, 4, 1, 1)
    assert cases.countries == 2
    assert "1,000 rows read = 997 kept + 3 quarantined. The sum holds for every file." in (
        pages["quality.html"].prose
    )
    assert "1 file is missing or could not be read; its cases are not in these figures." in (
        page.prose
    )
    assert "0 of 1 check held" in pages["quality.html"].prose


@pytest.mark.parametrize("severity", ["info", "warning"])
def test_a_note_on_the_data_raises_no_warning_above_the_signals(
    snapshot, tmp_path, severity: str
) -> None:
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        con.execute("update ops.source_file set status = 'ok'")
        con.execute("update ops.validation set severity = $severity", {"severity": severity})

    prose = index(database, tmp_path / "report")

    told = "Read this with the data quality in mind. 1 check of the data did not hold."
    assert (told in prose) == (severity == "warning")
    assert ("data quality in mind" in prose) == (severity == "warning")
    quality = (tmp_path / "report" / "quality.html").read_text(encoding="utf-8")
    assert "Checks that did not hold" in Page(quality).prose


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_a_gap_in_a_quarterly_series_stands_on_the_pages(snapshot, tmp_path, missing) -> None:
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    told = ("", f"faers: {EVIL}", "faers: 2025Q1, 2025Q2")[missing]
    with duckdb.connect(str(database)) as con:
        con.execute("delete from ops.validation")
        con.execute("delete from ops.source_file where status = 'failed'")
        insert(con, "ops.validation", suite="ops.source_file", rule=QUARTER_MISSING,
               severity="warning", success=not missing, rows_checked=8, rows_failed=missing,
               detail=told)  # fmt: skip
    prose = index(database, tmp_path / "report")
    quality = Page((tmp_path / "report" / "quality.html").read_text(encoding="utf-8")).prose
    said = {
        1: f"1 quarter has no file between the first and the last of its series ({told})",
        2: f"2 quarters have no file between the first and the last of their series ({told})",
    }
    assert ("Read this with the data quality in mind." in prose) == bool(missing)
    assert ("No file is missing" in quality) == (not missing)
    assert "check of the data did not hold" not in prose
    assert said.get(missing, "") in prose
    assert told in quality


def test_a_file_that_was_lost_with_the_warehouse_is_not_in_the_figures(snapshot, tmp_path):
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        con.execute("update ops.source_file set status = 'unread' where status = 'ok'")

    prose = index(database, tmp_path / "report")

    assert "2 files are missing or could not be read; their cases are not in these" in prose
    quality = (tmp_path / "report" / "quality.html").read_text(encoding="utf-8")
    assert "lost, to be read again" in Page(quality).prose


def test_what_is_held_stands_above_everything_and_nothing_where_nothing_is(
    snapshot, page, tmp_path
):
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        insert(con, "ops.held", kind="redelivery", source="faers", name=EVIL,
               reason="it has 2 of 40 rows", mend=EVIL_ATTRIBUTE)  # fmt: skip

    html = write(database, tmp_path / "report").read_text(encoding="utf-8")

    prose = Page(html).prose
    told = f"faers: {EVIL} : it has 2 of 40 rows; {EVIL_ATTRIBUTE}"
    assert prose.index("Held for a person: 1") < prose.index("Safety signals of advanced", 100)
    assert prose.index(told) < prose.index("The answer 1 signal")
    assert EVIL not in html
    assert "Held for a person" not in page.prose


def test_report_text_is_shown_as_text_and_makes_no_element(htmls, pages):
    for path, page in pages.items():
        tags = Counter(tag for tag, _ in page.tags)
        # Our own: of the age on each page, of the lists where there are lists.
        assert tags["script"] == 1 + (path in WITH_LISTS), path
        assert tags["img"] == 0, path
        assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")], path
        assert not [where for where in (EVIL, EVIL_ATTRIBUTE) if where in htmls[path]], path
    for path in (
        "others.html",
        slugs.headline_page(HOSTILE[0], HOSTILE[2], "event"),
        "quality.html",
    ):
        shown = "".join(pages[path].text)
        assert EVIL in shown
        assert EVIL_ATTRIBUTE in shown


def test_scripts_are_ours_and_allowed_by_their_hashes_alone(htmls):
    for path, html in htmls.items():
        scripts = [part.split("</script>")[0] for part in html.split("<script>")[1:]]
        names = ["age.js", "lists.js"] if path in WITH_LISTS else ["age.js"]
        assert scripts == [(TEMPLATES / name).read_text(encoding="utf-8") for name in names]
        digests = [
            base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            for script in scripts
        ]
        allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
        assert f"script-src {allowed};" in html, path


def test_no_page_loads_anything_and_each_forbids_it(htmls, pages):
    for path, page in pages.items():
        policies = [a["content"] for t, a in page.tags if "http-equiv" in a]
        assert policies[0].startswith("default-src 'none'"), path
        assert not {"link", "iframe", "object", "embed", "form"} & {t for t, _ in page.tags}, path
        links = [a.get("href") or a.get("xlink:href") or a.get("src") for _, a in page.tags]
        assert all(re.match(r"#|\.{1,2}/", link) for link in links if link), path
        assert not re.search(r"url\((?!#)|@import", htmls[path]), path


def test_every_link_leads_somewhere_and_no_id_occurs_twice(pages):
    ids = {
        path: Counter(a["id"] for _, a in page.tags if "id" in a) for path, page in pages.items()
    }
    assert [
        (path, i) for path, found in ids.items() for i, times in found.items() if times > 1
    ] == []
    for path, page in pages.items():
        for link in {a["href"] for t, a in page.tags if t == "a"}:
            way, _, anchor = link.partition("#")
            to = posixpath.normpath(posixpath.join(posixpath.dirname(path), way)) if way else path
            if to == workbook.NAME:
                continue
            assert to in pages, (path, link)
            assert not anchor or anchor in ids[to], (path, link)


def test_every_page_can_be_reached_from_the_index(pages):
    reached, ahead = set(), ["index.html"]
    while ahead:
        path = ahead.pop()
        if path not in reached:
            reached.add(path)
            links = {a["href"].partition("#")[0] for t, a in pages[path].tags if t == "a"} - {""}
            links -= {f"./{workbook.NAME}", f"../{workbook.NAME}"}
            ahead += [posixpath.normpath(posixpath.join(path, "..", link)) for link in links]
    assert reached == set(pages)


def test_every_table_has_a_caption_and_scoped_headers(pages):
    tables = 0
    for path, page in pages.items():
        tags = Counter(tag for tag, _ in page.tags)
        assert tags["caption"] == tags["table"], path
        assert all(a.get("scope") in ("row", "col") for t, a in page.tags if t == "th"), path
        assert next(a for t, a in page.tags if t == "html")["lang"] == "en-GB"
        assert tags["svg"] == path.startswith("headline/"), path
        tables += tags["table"]
    assert tables > 40


def test_the_same_snapshot_gives_the_same_bytes_and_replaces_what_is_there_whole(
    snapshot, folder, htmls, tmp_path
):
    target = tmp_path / "report"
    target.mkdir()
    (target / "yesterday.html").write_text("yesterday")
    write(snapshot, target)
    again = {p.relative_to(target).as_posix(): p for p in target.rglob("*") if p.is_file()}
    assert again.pop(workbook.NAME).read_bytes() == (folder / workbook.NAME).read_bytes()
    assert {path: file.read_text(encoding="utf-8") for path, file in again.items()} == htmls


@pytest.mark.parametrize(("sender", "says_so"), [("ACME", False), ("SIMULATED SENDER 3", True)])
def test_simulated_senders_are_announced_at_the_top(tmp_path, sender, says_so):
    snapshot = make_snapshot(tmp_path / "s.duckdb", sender=sender, spec=())
    prose = index(snapshot, tmp_path / "r")
    assert ("Simulated data: do not use for decisions" in prose) is says_so
    assert ("5 of 5 cases come from a sender that is labelled as simulated" in prose) is says_so


def test_a_night_without_a_signal_says_so_and_claims_no_safety(tmp_path):
    snapshot = make_snapshot(tmp_path / "s.duckdb", spec=())
    prose = index(snapshot, tmp_path / "r")
    assert "No signal that only the pool shows." in prose
    assert "No flag does not mean no risk." in prose


def test_each_case_of_a_designated_late_event_is_shown_and_called_no_signal(page, tmp_path):
    prose = page.prose
    assert (
        "3 single cases of a designated late event , 2 of them told tonight for the first time "
        "(1 fatal); 2 cases that stand no more." in prose
    )
    assert prose.count("A case alert is no signal") == 1
    section = prose.split("A case alert is no signal")[1].split("By product and by country")[0]
    assert section.index(EVIL) < section.index("counted with case 2") < section.index("withdrawn")
    assert "214 to 244 (91-365 d)" in section and "France" in section
    listed = "1 case of a reaction that the product's label lists"
    assert section.index("withdrawn") < section.index(listed) < section.index("555")
    nothing = make_snapshot(tmp_path / "s.duckdb", spec=())
    prose = index(nothing, tmp_path / "r")
    assert "No case of a designated late event of a product in scope" in prose


def test_alerts_of_a_group_are_told_on_the_page_of_its_term_as_such(snapshot, tmp_path) -> None:
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        insert(con, "core.event_group", event_group="blood_cancer", label="Any blood cancer")
        insert(con, "core.event_group_member", event_group="blood_cancer", event=COUNTRY_SIGNAL[2])
        for case_id in (1, 2):
            insert(con, "mart.case_alert", case_id=case_id, authority="FDA",
                   source_case_id=str(case_id), product="Kymriah", event="Any blood cancer",
                   event_kind="event_group", alert_status="stands", is_new=True)  # fmt: skip
    index(database, tmp_path / "report")
    page = tmp_path / "report" / slugs.headline_page(*COUNTRY_SIGNAL[:3:2], "event")

    assert (
        "2 case alerts of this event or of an event group that holds it are new: each is read by a "
        "person" in Page(page.read_text(encoding="utf-8")).prose
    )


def decided(con: duckdb.DuckDBPyConnection, spec: tuple, number: int, **says: object) -> None:
    pair = {"product": spec[0], "event": spec[2], "event_kind": "event"}
    insert(con, "mart.signal_status", **pair, **says)
    insert(con, "ops.decision", **pair, decision_no=number, signal_status=says["signal_status"],
           signal_outcome=says.get("signal_outcome"), reason=f"Because {EVIL}",
           decided_on=says["decided_on"], decided_by="R. Eviewer", verdict=spec[3],
           n_decided=9, row_hash=f"{number:064x}")  # fmt: skip


def test_what_is_closed_stands_apart_and_what_is_back_says_why(snapshot, tmp_path) -> None:
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        decided(con, POOLED_ONLY, 1, signal_status="closed", signal_outcome="refuted", closed=True,
                decided_on=date(2024, 12, 1))  # fmt: skip
        decided(con, COUNTRY_SIGNAL, 2, signal_status="closed", signal_outcome="routine",
                closed=False, decided_on=date(2024, 11, 30), returned_because="1 new fatal case",
                changed_since="1 new fatal case", next_review=date(2024, 12, 24))  # fmt: skip
    prose = index(database, tmp_path / "report")
    signals, closed = (prose.index(text) for text in ("Ranked signals", "Closed: 1 A person has"))
    assert signals < prose.index("Kymriah: Myelodysplastic", signals) < closed
    assert closed < prose.index("Zolgensma: Acute hepatic failure", signals)
    assert "closed routine pharmacovigilance back : 1 new fatal case review due 31" in prose
    assert "Back after closing Kymriah: Myelodysplastic syndrome (1 new fatal case)" in prose
    assert "Review due Kymriah: Myelodysplastic syndrome" in prose

    page = tmp_path / "report" / slugs.headline_page(COUNTRY_SIGNAL[0], COUNTRY_SIGNAL[2], "event")
    told = Page(page.read_text(encoding="utf-8")).prose
    assert "It was closed and is back: 1 new fatal case." in told
    assert "2024-11-30 R. Eviewer" in told
    assert f"Because {EVIL}" in told
    assert "30 November 2024 decision closed, routine, R. Eviewer" in told
    every = Page((tmp_path / "report" / "decisions.html").read_text(encoding="utf-8")).prose
    assert "Advanced therapies, closed. What was decided" in every
    # One of the two is closed, the other on the list beside one that nobody has decided on.
    assert "2 decided 1 undecided on the list; 1 due, 1 back" in prose
    assert every.index("Zolgensma: Acute") < every.index("Kymriah: Myelo")
    assert "Back after they were closed" in every


def test_what_is_new_changed_and_gone_since_the_last_night(snapshot, tmp_path) -> None:
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        for number, day in ((1, date(2024, 11, 30)), (2, AS_OF)):
            insert(con, "mart.signal_state", state_no=number, as_of=day, state_id=str(number))
        for (product, _, event, verdict, _), n, first, last in (
            (POOLED_ONLY, 12, 1, None),  # as it was
            (COUNTRY_SIGNAL, 10, 1, 2),  # 16 now
            (DRIVEN, 11, 1, None),
            (("Kymriah", "", "Rash", "watch", {}), 4, 1, 2),  # flagged no more
            (("Luxturna", "", SIMPSON[2], "watch", {}), 9, 1, 2),  # set aside now
        ):
            insert(con, "mart.signal_history", valid_from_state=first, valid_to_state=last,
                   product=product, event=event, event_kind="event", verdict=verdict, n=n,
                   family="other")  # fmt: skip
    prose = index(database, tmp_path / "report")
    since = prose[prose.index("Since the last night Compared") : prose.index("Case alerts 3 stand")]
    assert "known on 30 November 2024, of advanced therapies: 1 new, 2 changed, 1 gone." in since
    new, changed = since.index("New Kymriah: Headache"), since.index("Changed")
    gone = since.index("Gone Kymriah: Rash, Watch with 4 cases then; no case of both is known now")
    assert new < changed < since.index("Kymriah: Myelodysplastic syndrome : 10") < gone
    assert "→ 16 cases" in since
    assert "Watch → Confounded by country" in since


def test_a_lot_in_which_the_event_clusters_stands_on_its_page(snapshot, tmp_path) -> None:
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        insert(con, "mart.lot_cluster", product="Zolgensma", event=POOLED_ONLY[2],
               event_kind="event", cluster_kind="lot", cluster_of=EVIL, n_clustered=5, n_unit=7,
               expected_clustered=0.25, cluster_p=0.0004, cluster_q=0.01,
               countries=["FR", "IT"])  # fmt: skip
    index(database, tmp_path / "report")
    pages = {
        path.name: Page(path.read_text(encoding="utf-8")).prose
        for path in (tmp_path / "report" / "headline").iterdir()
    }
    told = f"lot {EVIL} 5 7 0.25 0.0004 0.010 FR, IT"
    (name,) = (name for name, prose in pages.items() if told in prose)
    assert name in slugs.headline_page(POOLED_ONLY[0], POOLED_ONLY[2], "event")
    assert "Look for a defect of quality first: the cases cluster" in pages[name]


def test_a_missing_snapshot_is_the_users_to_mend_and_leaves_no_file(tmp_path):
    with pytest.raises(UsageError, match="no snapshot"):
        write(tmp_path / "none.duckdb", tmp_path / "r")
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_of_no_run_is_refused(tmp_path):
    snapshot = make_snapshot(tmp_path / "s.duckdb")
    with duckdb.connect(str(snapshot)) as con:
        con.execute("delete from ops.run")
    with pytest.raises(PublishError, match="0 runs"):
        write(snapshot, tmp_path / "r")


def test_a_signal_without_counts_is_refused(tmp_path):
    snapshot = make_snapshot(tmp_path / "s.duckdb")
    with duckdb.connect(str(snapshot)) as con:
        con.execute("delete from mart.pair where product = 'Zolgensma'")
    with pytest.raises(PublishError, match="Zolgensma / Acute hepatic failure"):
        write(snapshot, tmp_path / "r")
