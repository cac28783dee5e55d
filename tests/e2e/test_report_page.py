"""From a published snapshot to the officer's page: what it says, and that nothing breaks out."""

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
from pv.report import context, words, write
from pv.stats import disproportionality, information, stratified

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
    """The statistics of a single table, as mart.pair_country holds them."""
    expected = (a + b) * (a + c) / (a + b + c + d)
    return counted(a, expected) | odds(disproportionality.ror(a, b, c, d)) | {
        "prr": finite(disproportionality.prr(a, b, c, d).estimate),
        "chi2_yates": finite(disproportionality.chi2(a, b, c, d, yates=True)),
    }  # fmt: skip


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
                   **dict(zip("abcd", cells[k], strict=True)), **one_table(*cells[k]),
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
           seed=1, settings='{"roles": ["suspect"]}',
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
def html(snapshot, tmp_path_factory) -> str:
    target = tmp_path_factory.mktemp("reports") / "2024" / "report.html"
    assert write(snapshot, target) == target
    assert [p.name for p in target.parent.iterdir()] == ["report.html"]
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html) -> Page:
    return Page(html)


def test_the_answer_comes_before_the_details(page):
    prose = page.prose
    order = [
        "1 signal that only the pool shows; <0.1 expected by chance.",
        "Chance is reckoned over every product in scope (advanced therapies) and every event.",
        "1 pair is a signal of a country as well (up to 1.6 expected by chance).",
        "The watch list holds 1 pair that chance alone may explain: without any effect up to",
        "Important events Pooled only 1 0.04 0.05 (0.22) 0.10",
        "Other events Watch 1 2.10 1.10 (0.90) 5.25",
        "Ranked signals",
        "Watch list",
        "Each pair in detail",
        "Data quality",
        "What ran on what",
        "Limits",
        "Glossary",
    ]
    start = prose.index("The answer 1 signal")
    places = [prose.index(text, start) for text in order]
    assert places == sorted(places)


def test_advanced_therapies_come_first_and_pooled_only_first_among_them(snapshot):
    report = context.read(snapshot)
    assert [pair.signal.product for pair in report.pairs] == [
        "Zolgensma",  # pooled only
        "Kymriah",
        "Hemgenix",
        "Kymriah",  # watched
        "Luxturna",  # set aside
        EVIL,  # not an advanced therapy
    ]


def test_countries_without_a_case_are_shown_and_their_expectation_adds_up(snapshot):
    pair = context.read(snapshot).pairs[0]
    assert [s.name for s in pair.silent] == ["Australia", "Canada"]
    # Nobody of CA or AU has both: b = 50, c = 20, d = 2000 - 50 - 20.
    silent = pair.silent[0]
    assert (silent.a, silent.b, silent.c, silent.d) == (0, 50, 20, 2_000 - 50 - 20)
    assert silent.ic is None
    assert sum(s.expected for s in pair.strata) == pytest.approx(8 * 50 * 20 / 2_000)
    assert pair.pooled.expected == pytest.approx(8 * 50 * 20 / 2_000)


def test_what_is_left_of_a_pair_on_fewer_cases_stands_below_it(snapshot, page):
    pair = context.read(snapshot).pairs[0]
    assert [v.variant for v in pair.variants] == ["as_counted", "before_notice", "known_country"]
    assert (
        "Every case 12 4.00 0.50 holds Only what was received by the public notice 2 1.25 "
        f"{words.MINUS}1.50 fails Only cases of a known country 11 3.75 0.40 holds" in page.prose
    )
    assert page.prose.count("Does it stand?") == 1


def test_what_each_country_could_have_seen_stands_beside_a_pooled_only_pair(snapshot, page):
    pair = context.read(snapshot).pairs[0]
    assert len(pair.chances) == 8
    # The best placed first; of equals the first in the alphabet of codes.
    assert [c.name for c in pair.chances][:2] == ["Spain", "France"]
    assert [c.a for c in pair.chances] == [2] * 6 + [0] * 2
    assert "one country would have flagged with a probability of 12%, the pool with >99%." in (
        page.prose
    )
    # cases, expected, excess, needed, at the estimate, at its lower limit, at 2, 5 and 10
    assert "Spain 2 0.50 1.50 4 7% <1% 2% 50% >99%" in page.prose
    # Of the pairs shown two are pooled only.
    assert page.prose.count("Probability to flag alone") == 2


def test_the_permutation_null_stands_beside_the_answer(page):
    assert (
        "7 pairs in scope look pooled only by the first conditions; with broken links 1.4 would "
        "(standard deviation 1.0, 20 draws), with the countries of the cases shuffled instead 5.0."
        in page.prose
    )
    answer = page.prose.index("The answer 1 signal")
    asked = page.prose.index("Before chance is asked:")
    assert answer < asked < page.prose.index("Ranked signals", answer)


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
    prose = Page(write(snapshot, tmp_path / "r.html").read_text(encoding="utf-8")).prose
    assert "Before chance is asked" not in prose
    assert "Broken links" not in prose
    assert "Important events Pooled only 1 0.04 0.10" in prose


def test_simpsons_example_shows_the_crude_excess_and_the_stratified_nothing(snapshot, page):
    pair = next(p for p in context.read(snapshot).pairs if p.signal.product == "Luxturna")
    # 100 x 24 / 300 = 8 and 100 x 100 / 10000 = 1: as many as there are cases.
    assert [(s.name, s.a, s.expected) for s in pair.strata] == [
        ("Malta", 8, pytest.approx(8)),
        ("Germany", 1, pytest.approx(1)),
    ]
    assert pair.pooled.ic == pytest.approx(0)
    assert pair.pooled.crude_ic > 1
    assert "Set aside: confounded by country" in page.prose


def test_the_pool_cannot_flag_as_a_country_when_the_country_is_masked(snapshot, page):
    pair = next(p for p in context.read(snapshot).pairs if p.signal.product == "Kymriah")
    masked = next(s for s in pair.strata if s.stratum == "EU (masked)")
    assert not masked.is_country
    assert "EU (masked) no country" in page.prose


def test_data_quality_adds_up_and_names_what_is_wrong(snapshot, page):
    quality = context.read(snapshot).quality
    assert {q.rule: q.rows for q in quality.quarantine} == {"age_in_range": 3, EVIL: 1}
    cases = quality.cases
    assert (cases.cases, cases.counted, cases.masked, cases.unknown) == (5, 4, 1, 1)
    assert cases.countries == 2
    assert "1,000 rows read = 997 kept + 3 quarantined. The sum holds for every file." in page.prose
    assert "1 file is missing or could not be read; its cases are not in these figures." in (
        page.prose
    )
    assert "0 of 1 check held" in page.prose


@pytest.mark.parametrize("severity", ["info", "warning"])
def test_a_note_on_the_data_raises_no_warning_above_the_signals(
    snapshot, tmp_path, severity: str
) -> None:
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        con.execute("update ops.source_file set status = 'ok'")
        con.execute("update ops.validation set severity = $severity", {"severity": severity})

    prose = Page(write(database, tmp_path / "report.html").read_text(encoding="utf-8")).prose

    told = "Read this with the data quality in mind. 1 check of the data did not hold."
    assert (told in prose) == (severity == "warning")
    assert ("data quality in mind" in prose) == (severity == "warning")
    assert "Checks that did not hold" in prose


def test_a_file_that_was_lost_with_the_warehouse_is_not_in_the_figures(snapshot, tmp_path):
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        con.execute("update ops.source_file set status = 'unread' where status = 'ok'")

    prose = Page(write(database, tmp_path / "report.html").read_text(encoding="utf-8")).prose

    assert "2 files are missing or could not be read; their cases are not in these" in prose
    assert "lost, to be read again" in prose


def test_what_is_held_stands_above_everything_and_nothing_where_nothing_is(
    snapshot, page, tmp_path
):
    database = tmp_path / "s.duckdb"
    shutil.copyfile(snapshot, database)
    with duckdb.connect(str(database)) as con:
        insert(con, "ops.held", kind="redelivery", source="faers", name=EVIL,
               reason="it has 2 of 40 rows", mend=EVIL_ATTRIBUTE)  # fmt: skip

    html = write(database, tmp_path / "report.html").read_text(encoding="utf-8")

    prose = Page(html).prose
    told = f"faers: {EVIL} : it has 2 of 40 rows; {EVIL_ATTRIBUTE}"
    assert prose.index("Held for a person: 1") < prose.index("Safety signals of advanced", 100)
    assert prose.index(told) < prose.index("The answer 1 signal")
    assert EVIL not in html
    assert "Held for a person" not in page.prose


def test_report_text_is_shown_as_text_and_makes_no_element(html, page):
    assert "script" not in {tag for tag, _ in page.tags}
    assert "img" not in {tag for tag, _ in page.tags}
    assert not [name for _, attrs in page.tags for name in attrs if name.startswith("on")]
    shown = "".join(page.text)
    for where in (EVIL, EVIL_ATTRIBUTE):
        assert where in shown
        assert where not in html


def test_the_page_loads_nothing_and_forbids_it(html, page):
    policies = [a["content"] for t, a in page.tags if "http-equiv" in a]
    assert policies[0].startswith("default-src 'none'")
    assert not {"script", "link", "iframe", "object", "embed", "form"} & {t for t, _ in page.tags}
    links = [a.get("href") or a.get("xlink:href") or a.get("src") for _, a in page.tags]
    assert all(link.startswith("#") for link in links if link)
    assert not re.search(r"url\((?!#)|@import", html)


def test_every_link_leads_somewhere_and_no_id_occurs_twice(page):
    ids = Counter(a["id"] for _, a in page.tags if "id" in a)
    assert [i for i, times in ids.items() if times > 1] == []
    targets = {a["href"][1:] for t, a in page.tags if t == "a"}
    assert targets - set(ids) == set()


def test_every_table_has_a_caption_and_scoped_headers(page):
    tags = Counter(tag for tag, _ in page.tags)
    assert tags["caption"] == tags["table"] > 10
    assert all(a.get("scope") in ("row", "col") for t, a in page.tags if t == "th")
    assert next(a for t, a in page.tags if t == "html")["lang"] == "en-GB"
    assert tags["svg"] == 6


def test_the_same_snapshot_gives_the_same_bytes(snapshot, html, tmp_path):
    again = write(snapshot, tmp_path / "again.html")
    assert again.read_bytes() == html.encode()


def test_a_report_already_there_is_replaced_whole(snapshot, html, tmp_path):
    target = tmp_path / "report.html"
    target.write_text("yesterday")
    write(snapshot, target)
    assert target.read_text(encoding="utf-8") == html


@pytest.mark.parametrize(("sender", "says_so"), [("ACME", False), ("SIMULATED SENDER 3", True)])
def test_simulated_senders_are_announced_at_the_top(tmp_path, sender, says_so):
    snapshot = make_snapshot(tmp_path / "s.duckdb", sender=sender, spec=())
    prose = Page(write(snapshot, tmp_path / "r.html").read_text(encoding="utf-8")).prose
    assert ("Simulated data: do not use for decisions" in prose) is says_so
    assert ("5 of 5 cases come from a sender that is labelled as simulated" in prose) is says_so


def test_a_night_without_a_signal_says_so_and_claims_no_safety(tmp_path):
    snapshot = make_snapshot(tmp_path / "s.duckdb", spec=())
    prose = Page(write(snapshot, tmp_path / "r.html").read_text(encoding="utf-8")).prose
    assert "No signal that only the pool shows." in prose
    assert "No flag does not mean no risk." in prose


def test_each_case_of_a_designated_late_event_is_shown_and_called_no_signal(page, tmp_path):
    prose = page.prose
    assert (
        "3 single cases of a designated late event , 2 of them new tonight (1 fatal); "
        "2 cases that stand no more." in prose
    )
    assert prose.count("A case alert is no signal") == 1
    section = prose.split("A case alert is no signal")[1].split("Each pair in detail")[0]
    assert section.index(EVIL) < section.index("counted with case 2") < section.index("withdrawn")
    assert "214 to 244 (91-365 d)" in section and "France" in section
    listed = "1 case of a reaction that the product's label lists"
    assert section.index("withdrawn") < section.index(listed) < section.index("555")
    nothing = make_snapshot(tmp_path / "s.duckdb", spec=())
    prose = Page(write(nothing, tmp_path / "r.html").read_text(encoding="utf-8")).prose
    assert "No case of a designated late event of a product in scope" in prose


def test_a_missing_snapshot_is_the_users_to_mend_and_leaves_no_file(tmp_path):
    with pytest.raises(UsageError, match="no snapshot"):
        write(tmp_path / "none.duckdb", tmp_path / "r.html")
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_of_no_run_is_refused(tmp_path):
    snapshot = make_snapshot(tmp_path / "s.duckdb")
    with duckdb.connect(str(snapshot)) as con:
        con.execute("delete from ops.run")
    with pytest.raises(PublishError, match="0 runs"):
        write(snapshot, tmp_path / "r.html")


def test_a_signal_without_counts_is_refused(tmp_path):
    snapshot = make_snapshot(tmp_path / "s.duckdb")
    with duckdb.connect(str(snapshot)) as con:
        con.execute("delete from mart.pair where product = 'Zolgensma'")
    with pytest.raises(PublishError, match="Zolgensma / Acute hepatic failure"):
        write(snapshot, tmp_path / "r.html")
