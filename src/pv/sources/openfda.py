"""openFDA drug/event: pages of the interface and of the download, and JSON lines.

The reports are those of FAERS, each in its latest version, under the same case numbers.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePosixPath
from typing import Any, Literal

from pv.sources.glimpse import text_of, with_suffix
from pv.sources.model import Claim, Glimpse, Intake, Part, Reading, Source

_ENDINGS = (".json", ".jsonl", ".ndjson")
_REPORTS = re.compile(r'\s*\{.*"safetyreportid"\s*:', re.DOTALL)
_PAPERS = (".md", ".txt", ".pdf", ".html")


def read(intake: Intake) -> Reading:
    """The reports into work.raw_icsr_*; the day of the last update is the last that it can hold.

    Raises:
        FileProblemError: it is no JSON, or holds no reports.
    """
    from pv.sources.icsr import STAGES, Collector
    from pv.sources.json_stream import Facts, read_reports
    from pv.sources.r2 import FDA, collect

    facts = Facts()
    with intake.open() as stream, Collector(intake.con) as into:
        count = collect(into, read_reports(stream, facts), of_fda=lambda _: True)
    return Reading(
        count,
        STAGES,
        {**intake.params, **FDA},
        _notes(facts.meta or {}),
        latest_receipt=_updated(facts.meta or {}),
    )


def _updated(meta: Mapping[str, Any]) -> date | None:
    try:
        return date.fromisoformat(str(meta.get("last_updated")))
    except ValueError:
        return None


def _notes(meta: Mapping[str, Any]) -> tuple[str, ...]:
    """Whether the query found more than is in the page."""
    said = meta.get("results")
    if not isinstance(said, Mapping):
        return ()
    numbers = [str(said.get(name)) for name in ("skip", "limit", "total")]
    if not all(number.isdecimal() and len(number) < 12 for number in numbers):
        return ()
    skip, limit, total = map(int, numbers)
    if limit >= total:
        return ()
    last = min(skip + limit, total)
    return (f"a page: {skip + 1:,} to {last:,} of the {total:,} reports of its query",)


def recognise(name: str) -> Part | Literal["ignored"] | None:
    """Any JSON in the folder; a file is a delivery of its own."""
    lower = name.lower()
    if not lower.endswith(_ENDINGS):
        return "ignored" if lower.endswith(_PAPERS) else None
    return Part(name, "reports", "staging.report", read)


def claim(glimpse: Glimpse) -> Claim | None:
    """JSON that begins with reports, or a zip with such a file."""
    if not any(_REPORTS.match(text_of(head)) for head in glimpse.heads.values()):
        return None
    suffix = ".zip" if glimpse.kind == "zip" else PurePosixPath(glimpse.name).suffix.lower()
    known = suffix if suffix in (*_ENDINGS, ".zip") else ".json"
    return Claim(with_suffix(glimpse.name, known), "reports of openFDA")


SOURCE = Source("openfda", recognise, claim=claim)
