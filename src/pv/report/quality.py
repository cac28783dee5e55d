"""The quality of the data: what came in, what was held back and why, how cases were made."""

from dataclasses import dataclass

import duckdb

from pv.report import counted, deliveries, naming
from pv.report.counted import Basis, Cases, Linked, Rightness, SourceCases
from pv.report.deliveries import File, Held, QuarterDifference, Reissue
from pv.report.naming import Drift, Drugs, Unresolved
from pv.report.rows import dicts, one, rows
from pv.report.runs import SIMULATED, Simulated
from pv.report.words import pair_of_cases

_BAD_STATES = ("failed", "missing", "unread")
# The rule of pv.quality.series.
_QUARTER_MISSING = "quarter_missing"
# Pairs listed that evidence alone links.
_WEIGHED_ROWS = 20

_QUARANTINE = """
select source, rule, min(reason) as reason, count(distinct (file_id, line)) as rows
from ops.quarantine
group by source, rule
order by rows desc, source, rule
"""

_VALIDATION = """
select suite, rule, severity, success, rows_checked, rows_failed, detail
from ops.validation
order by success, severity <> 'critical', suite, rule
"""


@dataclass(frozen=True, slots=True)
class QuarantineRule:
    """Rows of a source that broke a rule, with the reason given for one of them."""

    source: str
    rule: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class Check:
    """An expectation and how it went."""

    suite: str
    rule: str
    severity: str
    success: bool
    rows_checked: int | None
    rows_failed: int | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class Quality:
    """What came in, what was held back and why."""

    files: list[File]
    held: list[Held]
    reissues: list[Reissue]
    quarters: list[QuarterDifference]
    drift: list[Drift]
    drugs: list[Drugs]
    unresolved: list[Unresolved]
    quarantine: list[QuarantineRule]
    validation: list[Check]
    cases: Cases
    bases: list[Basis]
    sources: list[SourceCases]
    linked: list[Linked]
    weighed: list[str]
    rightness: list[Rightness]
    simulated: Simulated

    @property
    def bad_files(self) -> list[File]:
        """Files that are missing or could not be read."""
        return [f for f in self.files if f.status in _BAD_STATES]

    @property
    def unbalanced(self) -> list[File]:
        """Files whose rows do not add up."""
        return [f for f in self.files if f.rows_read != f.rows_kept + f.rows_quarantined]

    @property
    def gap(self) -> Check | None:
        """The check of the series, where a quarter inside one has no file."""
        return next((check for check in self.failed if check.rule == _QUARTER_MISSING), None)

    @property
    def failed(self) -> list[Check]:
        """Checks that did not hold."""
        return [check for check in self.validation if not check.success]

    @property
    def doubtful(self) -> list[Check]:
        """Of these, those that cast doubt on the figures; the gap is told by itself."""
        return [check for check in self.failed if check.severity != "info" and check != self.gap]


def read(con: duckdb.DuckDBPyConnection) -> Quality:
    """The quality of what a snapshot is made of."""
    weighed = dicts(con, counted.WEIGHED, most=_WEIGHED_ROWS)
    return Quality(
        files=rows(con, File, deliveries.FILES),
        held=rows(con, Held, deliveries.HELD),
        reissues=rows(con, Reissue, deliveries.REISSUES),
        quarters=rows(con, QuarterDifference, deliveries.QUARTERS),
        drift=rows(con, Drift, naming.DRIFT),
        drugs=rows(con, Drugs, naming.DRUGS),
        unresolved=rows(con, Unresolved, naming.UNRESOLVED),
        quarantine=rows(con, QuarantineRule, _QUARANTINE),
        validation=rows(con, Check, _VALIDATION),
        cases=one(con, Cases, counted.CASES),
        bases=rows(con, Basis, counted.BASES),
        sources=rows(con, SourceCases, counted.SOURCES),
        linked=rows(con, Linked, counted.LINKED),
        weighed=[pair_of_cases(pair) for pair in weighed],
        rightness=rows(con, Rightness, counted.RIGHTNESS),
        simulated=one(con, Simulated, SIMULATED),
    )
