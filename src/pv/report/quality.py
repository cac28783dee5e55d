"""The quality of the data: what came in, what was held back and why, how cases were made."""

from dataclasses import dataclass
from datetime import date

import duckdb

from pv.report.rows import dicts, one, rows
from pv.report.runs import SIMULATED, Simulated
from pv.report.words import pair_of_cases

_BAD_STATES = ("failed", "missing", "unread")
# Pairs listed that evidence alone links.
_WEIGHED_ROWS = 20

_FILES = """
select source, name, sha256, rows_read, rows_kept, rows_quarantined, status, message
from ops.source_file
order by source, name, file_id
"""

# Quarters between the first and the last one of a source for which no file is there: files of a
# quarterly series have the quarter in their names.
_GAPS = """
with named as (
    select distinct source, regexp_extract(name, '(\\d\\d)[qQ]([1-4])', ['year', 'quarter']) as of
    from ops.source_file
    where status not in ('missing', 'failed') and regexp_matches(name, '\\d\\d[qQ][1-4]')
),
placed as (
    select source,
        4 * (if(of.year >= '68', 1900, 2000) + of.year::integer) + of.quarter::integer - 1 as place
    from named
),
spanned as (
    select source, unnest(generate_series(min(place), max(place))) as place
    from placed
    group by source
)
select source, (place // 4)::varchar || 'Q' || (place % 4 + 1)::varchar as quarter
from spanned
anti join placed using (source, place)
order by source, place
"""

_HELD = """
select kind, source, name, reason, mend
from ops.held
order by all
"""

_REISSUES = """
select source, name, compared_by, rows_before, rows_after, n_added, n_withdrawn, n_changed
from ops.reissue
order by new_file_id desc, old_file_id desc
limit 100
"""

_QUARTERS = """
select quarter, figure, found, stated, reference
from core.quarter_difference
order by quarter desc, figure
limit 100
"""

_DRIFT = """
select source, old_event, new_event, last_seen, first_seen, n_old, n_new, product_similarity
from core.term_drift
order by shared_words is null, product_similarity desc, source, old_event, new_event
limit 50
"""

_DRUGS = """
select source, drug_rows, resolved_rows, unresolved_rows, no_drug_rows, resolved_share
from core.drug_resolution
order by source
"""

_UNRESOLVED = """
select source, drug_name, drug_rows
from core.unresolved_drug
order by drug_rows desc, source, drug_name
limit 20
"""

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

_CASES = """
select
    count(*) as cases,
    count(*) filter (is_master) as counted,
    count(*) filter (is_master and country_masked) as masked,
    count(*) filter (is_master and country is null and not country_masked) as unknown,
    count(distinct stratum) filter (is_master and country is not null) as countries
from core.case
"""

_LINKED = """
select
    coalesce(match_rule, 'none') as match_rule, count(*) filter (same_group) as one,
    count(*) filter (not same_group) as two, count(decision) as decided
from core.duplicate_link
group by match_rule
order by one desc, match_rule
"""

# By evidence alone: those a person should look at first are the least probable.
_WEIGHED = """
select *
from core.duplicate_link
where match_rule = 'probable' and decision is null
order by not same_group, match_probability, case_id, other_case_id
limit $most
"""

_RIGHTNESS = """
select country, sources, n_linked, n_right, n_told, n_found
from core.linkage_rightness
order by country, sources
"""

_BASES = """
select country_basis, count(*) as cases
from core.case
where is_master
group by country_basis
order by cases desc, country_basis
"""

_SOURCES = """
with counted as (
    select source, stratum, count(*) as cases
    from core.case
    where is_master
    group by source, stratum
),
placed as (
    select *, row_number() over (partition by source order by cases desc, stratum) as place
    from counted
)
select
    source, sum(cases)::bigint as cases, count(*) as strata,
    string_agg(stratum, ', ' order by place) filter (place <= 12) as named,
    greatest(count(*) - 12, 0) as more
from placed
group by source
order by source
"""


@dataclass(frozen=True, slots=True)
class File:
    """A file received; rows_read = rows_kept + rows_quarantined."""

    source: str
    name: str
    sha256: str | None
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    status: str
    message: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A quarter of a source's series without a file."""

    source: str
    quarter: str


@dataclass(frozen=True, slots=True)
class Held:
    """What waits for a person's word, while what was before stays in use."""

    kind: str
    source: str
    name: str
    reason: str
    mend: str


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
class Cases:
    """Cases known, and those that count: duplicates set aside, country masked or unknown."""

    cases: int
    counted: int
    masked: int
    unknown: int
    countries: int


@dataclass(frozen=True, slots=True)
class Linked:
    """Pairs of cases by what links them: one for counting, or two; and those a person decided."""

    match_rule: str
    one: int
    two: int
    decided: int


@dataclass(frozen=True, slots=True)
class Rightness:
    """Of simulated persons told of twice: pairs that evidence links, and pairs there are."""

    country: str
    sources: str
    n_linked: int
    n_right: int
    n_told: int
    n_found: int


@dataclass(frozen=True, slots=True)
class Basis:
    """Counted cases whose country was taken from one field."""

    country_basis: str
    cases: int


@dataclass(frozen=True, slots=True)
class SourceCases:
    """Counted cases of a source, and the strata in which they stand: the first dozen by name."""

    source: str
    cases: int
    strata: int
    named: str
    more: int


@dataclass(frozen=True, slots=True)
class Reissue:
    """A file that came again with other bytes, and what changed; None where it is not known."""

    source: str
    name: str
    compared_by: str
    rows_before: int
    rows_after: int
    n_added: int | None
    n_withdrawn: int | None
    n_changed: int | None


@dataclass(frozen=True, slots=True)
class QuarterDifference:
    """A figure of a FAERS quarter that is not as quarter_facts.csv states it."""

    quarter: str
    figure: str
    found: int
    stated: int
    reference: str


@dataclass(frozen=True, slots=True)
class Drift:
    """An event that stops where another begins with the same products."""

    source: str
    old_event: str
    new_event: str
    last_seen: date
    first_seen: date
    n_old: int
    n_new: int
    product_similarity: float


@dataclass(frozen=True, slots=True)
class Drugs:
    """How many of the drug rows of a source were led to a known ingredient."""

    source: str
    drug_rows: int
    resolved_rows: int
    unresolved_rows: int
    no_drug_rows: int
    resolved_share: float | None


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A name of a drug that was led to none."""

    source: str
    drug_name: str
    drug_rows: int


@dataclass(frozen=True, slots=True)
class Quality:
    """What came in, what was held back and why."""

    files: list[File]
    gaps: list[Gap]
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
    def missing_quarters(self) -> list[str]:
        """Of each source the quarters without a file, in words; of many the first dozen."""
        told: list[str] = []
        for source in dict.fromkeys(gap.source for gap in self.gaps):
            found = [gap.quarter for gap in self.gaps if gap.source == source]
            more = f" and {len(found) - 12} more" if len(found) > 12 else ""
            told.append(f"{source}: {', '.join(found[:12])}{more}")
        return told

    @property
    def failed(self) -> list[Check]:
        """Checks that did not hold."""
        return [check for check in self.validation if not check.success]

    @property
    def doubtful(self) -> list[Check]:
        """Of these, those that cast doubt on the figures."""
        return [check for check in self.failed if check.severity != "info"]


def read(con: duckdb.DuckDBPyConnection) -> Quality:
    """The quality of what a snapshot is made of."""
    weighed = dicts(con, _WEIGHED, most=_WEIGHED_ROWS)
    return Quality(
        files=rows(con, File, _FILES),
        gaps=rows(con, Gap, _GAPS),
        held=rows(con, Held, _HELD),
        reissues=rows(con, Reissue, _REISSUES),
        quarters=rows(con, QuarterDifference, _QUARTERS),
        drift=rows(con, Drift, _DRIFT),
        drugs=rows(con, Drugs, _DRUGS),
        unresolved=rows(con, Unresolved, _UNRESOLVED),
        quarantine=rows(con, QuarantineRule, _QUARANTINE),
        validation=rows(con, Check, _VALIDATION),
        cases=one(con, Cases, _CASES),
        bases=rows(con, Basis, _BASES),
        sources=rows(con, SourceCases, _SOURCES),
        linked=rows(con, Linked, _LINKED),
        weighed=[pair_of_cases(pair) for pair in weighed],
        rightness=rows(con, Rightness, _RIGHTNESS),
        simulated=one(con, Simulated, SIMULATED),
    )
