"""Small worlds as ASCII tables: what was reported, straight into staging."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pv.cases import build
from pv.signals import rules
from pv.signals.judge import judge
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
        build(self.con, date.fromisoformat(as_of), overrides)

    def signals(
        self, rule: str | None = None, as_of: str = "2024-12-31", overrides: Path | None = None,
        **changed: float,
    ) -> None:  # fmt: skip
        """Build core and mart by a preset, with some of its fields changed."""
        self.cases(as_of, overrides)
        chosen = rules.load(rule).model_copy(update=changed)
        judge(self.con, chosen, date.fromisoformat(as_of))

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


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    con = connect(tmp_path / "warehouse.duckdb", memory_limit="1GB", threads=1)
    yield World(con)
    con.close()


@pytest.fixture
def table() -> Callable[[str], list[dict[str, str | None]]]:
    return parse
