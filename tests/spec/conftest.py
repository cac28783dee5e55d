"""Small worlds as ASCII tables, or drawn from a seed: what was reported, straight into staging."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pytest

from pv.cases import build
from pv.night.judge import judge
from pv.pairs.replay import replay
from pv.spec import AnalysisSpec
from pv.warehouse.connect import connect

_REPORT = """
insert into staging.report by name
select
    'faers' as source, 1 as file_id, $first + i as line,
    coalesce($report, coalesce($case, 'c' || ($first + i)) || '-' || coalesce($version, ''))
        as source_report_id,
    '2024Q1/a' as release, 'FDA' as authority, 1 as authority_rank,
    coalesce($case, 'c' || ($first + i)) as source_case_id,
    $version::integer as version, $action as action, $received::date as receipt_date,
    $received::date as first_receipt_date, $country as occurrence_country,
    $reporter as reporter_country, $number as manufacturer_number, $sender as sender,
    $sex as sex, $age::double as age_years, $onset::date as event_date,
    if($onset is null, null, 'day') as event_date_precision, [] as unparsed
from range($times::bigint) t (i)
"""
_DRUG = """
insert into staging.report_drug by name
select
    source, file_id, line, source_report_id, $seq as drug_seq, $role as role,
    $name as drug_verbatim, [] as unparsed
from staging.report
where line >= $first
"""
_EVENT = """
insert into staging.report_event by name
select source, file_id, line, source_report_id, $term as term_verbatim, [] as unparsed
from staging.report
where line >= $first
"""
_DEFAULTS: dict[str, str | None] = {
    "times": "1", "version": "1", "action": "report", "received": "2024-01-15", "country": None,
    "reporter": None, "number": None, "sender": None, "sex": None, "age": None, "onset": None,
    "drugs": None, "events": None, "case": None, "report": None,
}  # fmt: skip


def parse(text: str) -> list[dict[str, str | None]]:
    """Rows of a table whose cells are parted by |, the first line naming the columns."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    header, *body = lines
    rows = [dict(zip(header, row, strict=True)) for row in body]
    return [{**_DEFAULTS, **{key: value or None for key, value in row.items()}} for row in rows]


class World:
    """A warehouse that is filled from tables; `times` repeats a row as distinct cases."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        # Of one period of receipt, unless a test says otherwise.
        self.stratum_min_cases = 1_000_000
        self.duplicates = AnalysisSpec.load().duplicates
        self._line = 0
        con.execute(
            "insert into ops.source_file by name select 1 as file_id, 'faers' as source, "
            "'a' as name, '2024Q1/a' as release, 0 as rows_read, 0 as rows_kept, "
            "0 as rows_quarantined, 'ok' as status"
        )

    def report(self, text: str) -> None:
        """Stage the reports of a table; drugs and events are parted by commas, a leading `~`
        marks a concomitant drug."""
        for row in parse(text):
            first = self._line + 1
            self._line += int(row["times"] or 1)
            drugs, events = _items(row.pop("drugs")), _items(row.pop("events"))
            self.con.execute(_REPORT, {**row, "first": first})
            for seq, name in enumerate(drugs, 1):
                role = "concomitant" if name.startswith("~") else "primary_suspect"
                named = {"seq": str(seq), "role": role, "name": name.strip("~")}
                self.con.execute(_DRUG, {**named, "first": first})
            for term in events:
                self.con.execute(_EVENT, {"term": term, "first": first})

    def cases(self, as_of: str = "2024-12-31", overrides: Path | None = None) -> None:
        """Build core, with the vocabulary of a folder laid over the shipped one."""
        build(self.con, date.fromisoformat(as_of), overrides, self.duplicates)

    def signals(
        self, rule: str | None = None, as_of: str = "2024-12-31", overrides: Path | None = None,
        **changed: float,
    ) -> None:  # fmt: skip
        """Build core and mart by a preset, with some of its fields changed."""
        self.cases(as_of, overrides)
        judge(self.con, self.spec(rule, **changed), date.fromisoformat(as_of))

    def spec(self, rule: str | None = None, **changed: float) -> AnalysisSpec:
        """The specification of a preset, with some of its fields changed."""
        spec = AnalysisSpec.load(rule=rule)
        update = {"stratum_min_cases": self.stratum_min_cases, **changed}
        return spec.model_copy(update={"rule": spec.rule.model_copy(update=update)})

    def replay(self, as_of: Sequence[date], rule: str | None = None) -> dict[str, int]:
        """Add the states of these dates; the cases must be as of the last of them or later."""
        states = {day: f"{day} {rule}" for day in as_of}
        return replay(self.con, self.spec(rule), states, lambda _: None)

    def all(self, query: str) -> list[tuple]:
        """The rows of a query."""
        return self.con.execute(query).fetchall()

    def verdict(self, product: str, event: str) -> tuple:
        """(verdict, n, countries that flag alone) of one pair."""
        return self.con.execute(
            "select verdict, n, countries_flagged from mart.signal "
            "where product = $product and event = $event and event_kind = 'event'",
            {"product": product, "event": event},
        ).fetchone()  # type: ignore[return-value]


def _items(text: str | None) -> list[str]:
    return [item.strip() for item in (text or "").split(",") if item.strip()]


Rows = list[dict[str, object]]
_FIRST_DAY = date(2024, 1, 3)
_COUNTRIES = ("DE", "FR", "US", "JP", "IT", "EU", None)
_DRUGS = ("KYMRIAH", "YESCARTA", "ASPIRIN", "IBUPROFEN", "METHOTREXATE")
_EVENTS = ("Deafness", "Nausea", "Rash", "Myelodysplastic syndrome", "Acute myeloid leukaemia",
           "Pyrexia")  # fmt: skip


def _draw(seed: int, cases: int = 260) -> Rows:
    """One row a report: follow-ups out of order, corrected and masked countries, nullifications,
    deletions, duplicates under several keys, and a second source of the same authority."""
    rng = np.random.default_rng(seed)
    rows: Rows = []

    def pick(values, weights=None):
        return values[rng.choice(len(values), p=weights)]

    for number in range(cases):
        received = _FIRST_DAY + timedelta(days=int(rng.integers(0, 130)))
        person = {
            "occurrence_country": pick(_COUNTRIES, [0.25, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05]),
            "reporter_country": pick(("FR", "EU", None)),
            "sex": pick(("F", "M", None)), "age_years": pick((40.0, 41.0, None)),
            "event_date": date(2023, 12, int(rng.integers(1, 4))) if rng.random() < 0.7 else None,
            "manufacturer_number": f"ACME-{100 + rng.integers(0, 130)}" if rng.random() < 0.6
            else pick(("NONE000", None)),
            "worldwide_case_id": f"DE-ACME-W{rng.integers(0, 60)}" if rng.random() < 0.2 else None,
        }  # fmt: skip
        advanced = rng.random() < 0.25
        drugs = [pick(_DRUGS[:2] if advanced else _DRUGS[2:])]
        if rng.random() < 0.2:
            drugs.append(pick(_DRUGS))
        events = list({pick(_EVENTS, [0.03, 0.5, 0.3, 0.02, 0.02, 0.13]) for _ in range(2)})
        if advanced and rng.random() < 0.5:
            events.append("Deafness")
        for version in range(1, 1 + int(rng.choice([1, 2, 3], p=[0.5, 0.3, 0.2]))):
            action = "nullify" if version > 1 and rng.random() < 0.15 else "report"
            rows.append(
                {
                    **person, "case": number, "version": version, "action": action, "rank": 1,
                    "received": received, "drugs": drugs, "events": sorted(set(events)),
                    "link": f"C{rng.integers(0, cases)}" if rng.random() < 0.05 else None,
                }
            )  # fmt: skip
            # A follow-up may be received before what it follows.
            received += timedelta(days=int(rng.integers(-25, 70)))
            received = max(received, _FIRST_DAY)
            if rng.random() < 0.3:
                person["occurrence_country"] = pick(_COUNTRIES)
            if rng.random() < 0.3:
                events = [pick(_EVENTS)]
            if rng.random() < 0.3:
                drugs = [pick(_DRUGS)]
            if rng.random() < 0.2:
                person["age_years"] = pick((40.0, None))
        if rng.random() < 0.08:
            rows.append(
                {**person, "case": number, "version": None, "action": "delete", "rank": 1,
                 "received": received, "drugs": [], "events": [], "link": None}
            )  # fmt: skip
        if rng.random() < 0.1:
            rows.append(
                {**person, "case": number, "version": None, "action": "report", "rank": 2,
                 "received": received - timedelta(days=30), "drugs": [pick(_DRUGS)],
                 "events": [pick(_EVENTS)], "link": None}
            )  # fmt: skip
    return [{**row, "line": line} for line, row in enumerate(rows, 1)]


_MESSY = ("case", "version", "action", "rank", "received", "drugs", "events", "link", "line", "sex",
          "age_years", "event_date", "manufacturer_number", "worldwide_case_id",
          "occurrence_country", "reporter_country")  # fmt: skip


def _stage(con: duckdb.DuckDBPyConnection, reports: Rows) -> None:
    """Put the reports into staging, as the files of one release; file 1 must be recorded."""
    con.execute(
        """
        create or replace temp table messy as
        select unnest($reports::struct(
            "case" bigint, "version" integer, action varchar, rank integer, received date,
            drugs varchar[], events varchar[], link varchar, line bigint, sex varchar,
            age_years double, event_date date, manufacturer_number varchar,
            worldwide_case_id varchar, occurrence_country varchar, reporter_country varchar
        )[], recursive := true)
        """,
        {"reports": [{name: row[name] for name in _MESSY} for row in reports]},
    )
    con.execute("""
        insert into staging.report by name
        select
            if(rank = 1, 'faers', 'faers_dashboard') as source, 1 as file_id, line,
            'C' || "case" || '-' || line as source_report_id, '2024Q1/a' as release,
            'FDA' as authority, rank as authority_rank, 'C' || "case" as source_case_id,
            version::integer as version, action, received as receipt_date,
            received as first_receipt_date, occurrence_country, reporter_country,
            manufacturer_number, worldwide_case_id, 'ACME' as sender, sex, age_years, event_date,
            if(event_date is null, null, 'day') as event_date_precision, [] as unparsed
        from messy
        """)
    con.execute("""
        insert into staging.report_drug by name
        select
            if(rank = 1, 'faers', 'faers_dashboard') as source, 1 as file_id, line,
            'C' || "case" || '-' || line as source_report_id, unnest(range(len(drugs))) as drug_seq,
            'primary_suspect' as role, unnest(drugs) as drug_verbatim, [] as unparsed
        from messy
        """)
    con.execute("""
        insert into staging.report_event by name
        select
            if(rank = 1, 'faers', 'faers_dashboard') as source, 1 as file_id, line,
            'C' || "case" || '-' || line as source_report_id, unnest(events) as term_verbatim,
            [] as unparsed
        from messy
        """)
    con.execute("""
        insert into staging.report_link by name
        select
            'faers' as source, 1 as file_id, line, 'C' || "case" || '-' || line
                as source_report_id, 'other' as link_type, link as linked_id
        from messy
        where link is not null
        """)


@pytest.fixture
def messy() -> Callable[..., Rows]:
    """Draws messy reports: `messy(seed, cases)`."""
    return _draw


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    con = connect(tmp_path / "warehouse.duckdb", memory_limit="1GB", threads=1)
    yield World(con)
    con.close()


@pytest.fixture
def messy_world() -> Iterator[Callable[[Rows], World]]:
    """Makes worlds of messy reports, each a warehouse of its own, in memory."""
    open_: list[duckdb.DuckDBPyConnection] = []

    def make(reports: Rows) -> World:
        open_.append(connect(Path(":memory:"), memory_limit="1GB", threads=1))
        made = World(open_[-1])
        # Reports of some months and few countries: several periods each.
        made.stratum_min_cases = 10
        _stage(made.con, reports)
        return made

    yield make
    for con in open_:
        con.close()


@pytest.fixture
def table() -> Callable[[str], list[dict[str, str | None]]]:
    return parse
