"""What is asked of a pair that is flagged: conditions, fewer cases, one person's, one lot's."""

import json
from dataclasses import dataclass

from pv.report import words

SENSITIVITY = """
select key, variant, n, expected, ic025, stands
from shown
join mart.sensitivity using (product, event, event_kind)
order by key, list_position($variants, variant)
"""

CLUSTERS = """
select key, cluster_kind, cluster_of, n_clustered, n_unit, expected_clustered, cluster_p, cluster_q,
    countries
from shown
join mart.lot_cluster using (product, event, event_kind)
order by key, cluster_p, cluster_kind, cluster_of
"""

# The conditions in the order in which they are asked.
CONDITIONS = """
select key, c.condition, c.holds, c.evidence::varchar as evidence, c.reason
from shown
join mart.signal_condition c using (product, event, event_kind)
order by key, list_position($conditions, c.condition)
"""

# Two cases that may be one person's, with what they agree in.
POSSIBLE_DUPLICATES = """
select key, d.case_id, d.other_case_id, d.match_probability, d.agreement
from shown
join mart.possible_duplicate d using (product, event, event_kind)
order by key, d.match_probability desc, d.case_id, d.other_case_id
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """A pair in scope on fewer cases, and whether the rule holds on them."""

    key: int
    variant: str
    n: int
    expected: float
    ic025: float
    stands: bool


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Two cases of a pair that may be one person's, though no rule links them."""

    key: int
    case_id: int
    other_case_id: int
    match_probability: float
    agreement: list[str]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was asked of a pair, its answer, and the figures the answer rests on."""

    key: int
    condition: str
    holds: bool
    evidence: str
    reason: str | None

    @property
    def figures(self) -> list[tuple[str, str]]:
        """The evidence by its names, as text."""
        return [
            (name.replace("_", " "), "none" if text in ("null", "[]") else _short(text))
            for name, text in words.facts(json.loads(self.evidence))
        ]


@dataclass(frozen=True, slots=True)
class Cluster:
    """A lot or a sender with more cases of the event than the product's others."""

    key: int
    cluster_kind: str
    cluster_of: str
    n_clustered: int
    n_unit: int
    expected_clustered: float
    cluster_p: float
    cluster_q: float
    countries: list[str]


def _short(text: str) -> str:
    """A figure of a page's length; what is no figure as it is."""
    try:
        return f"{float(text):.4g}" if "." in text or "e" in text else text
    except ValueError:
        return text
