"""How drugs and events were named: what was led to no ingredient, what seems to be renamed."""

from dataclasses import dataclass
from datetime import date

DRIFT = """
select source, old_event, new_event, last_seen, first_seen, n_old, n_new, product_similarity
from core.term_drift
order by shared_words is null, product_similarity desc, source, old_event, new_event
limit 50
"""

DRUGS = """
select source, drug_rows, resolved_rows, unresolved_rows, no_drug_rows, resolved_share
from core.drug_resolution
order by source
"""

UNRESOLVED = """
select source, drug_name, drug_rows
from core.unresolved_drug
order by drug_rows desc, source, drug_name
limit 20
"""


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
