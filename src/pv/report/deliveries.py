"""What came in: files, what is held, and what came again."""

from dataclasses import dataclass

FILES = """
select source, name, sha256, rows_read, rows_kept, rows_quarantined, status, message
from ops.source_file
order by source, name, file_id
"""

HELD = """
select kind, source, name, reason, mend
from ops.held
order by all
"""

REISSUES = """
select source, name, compared_by, rows_before, rows_after, n_added, n_withdrawn, n_changed
from ops.reissue
order by new_file_id desc, old_file_id desc
limit 100
"""

QUARTERS = """
select quarter, figure, found, stated, reference
from core.quarter_difference
order by quarter desc, figure
limit 100
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
class Held:
    """What waits for a person's word, while what was before stays in use."""

    kind: str
    source: str
    name: str
    reason: str
    mend: str


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
