"""The content of a night's pages, read from the published snapshot and from nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from pv.errors import UsageError
from pv.report import (
    answer,
    case_alerts,
    countries,
    decisions,
    latency,
    pairs,
    products,
    quality,
    runs,
    triage,
)
from pv.report.answer import Answer
from pv.report.case_alerts import CaseAlerts
from pv.report.countries import Country
from pv.report.decisions import Decision
from pv.report.latency import Latency
from pv.report.pairs import Pair
from pv.report.products import Product
from pv.report.quality import Quality
from pv.report.runs import Run
from pv.report.triage import Triage


@dataclass(frozen=True)
class Content:
    """What all pages share; the pairs are read one after the other."""

    con: duckdb.DuckDBPyConnection
    run: Run
    answer: Answer
    triage: Triage
    latency: Latency
    alerts: CaseAlerts
    quality: Quality
    products: list[Product]
    countries: list[Country]
    decisions: list[Decision]

    def pairs(self) -> Iterator[Pair]:
        """What is shown of each headline, in the order of the list."""
        return pairs.read(self.con, self.triage.headlines)

    @cached_property
    def page_of(self) -> dict[tuple[str, str, str], str]:
        """The page of each pair; what is folded is on that of its headline."""
        return {
            pair: headline.page
            for headline in self.triage.headlines
            for pair in (
                *((f["product"], f["event"], f["event_kind"]) for f in headline.folded),
                headline.pair,
            )
        }


@contextmanager
def opened(snapshot: Path, memory: int | None = None) -> Iterator[Content]:
    """The content of a published snapshot, opened read-only with so many bytes for DuckDB.

    Raises UsageError when there is no such file, PublishError when it does not hold exactly one
    run; and while the pairs are read, when one of the list has no counts.
    """
    if not snapshot.is_file():
        raise UsageError(f"no snapshot at {snapshot}: run the night first")
    config: dict[str, Any] = {} if memory is None else {"memory_limit": f"{memory}B"}
    with duckdb.connect(str(snapshot), read_only=True, config=config) as con:
        run = runs.read(con)
        yield Content(
            con=con,
            run=run,
            answer=answer.read(con),
            triage=triage.read(con, run.roles),
            latency=latency.read(con),
            alerts=case_alerts.read(con),
            quality=quality.read(con),
            products=products.read(con),
            countries=countries.read(con),
            decisions=decisions.read(con),
        )
