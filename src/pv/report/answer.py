"""The answer: how many pairs have which verdict, and how many chance would bring to each list."""

from dataclasses import dataclass

import duckdb

from pv.report.rows import rows

_VERDICTS = """
select verdict, atmp_class <> 'none' as advanced, count(*) as pairs
from mart.signal
where headline is not false
group by all
order by all
"""

_PERMUTATION_NULL = """
select permutation as kind, draws, pairs_mean as pairs, flagged_mean as flagged,
    pooled_only_mean as pooled_only, pooled_only_sd as sd
from mart.permutation_null
where draws > 0
order by kind
"""

# The families in the order in which they matter, of each the lists in the order of the page.
_LIST_ERROR = """
select family, list, rows, expected_false as expected, permutation_mean, permutation_sd,
    coalesce(permutation_exceeds, false) as exceeds, false_per_year as per_year
from mart.list_error
order by family, list_position(['pooled_only', 'pooled_first', 'country_signal', 'watch'], list)
"""


@dataclass(frozen=True, slots=True)
class VerdictCount:
    """Pairs of a verdict, of advanced therapies or of other medicines."""

    verdict: str
    advanced: bool
    pairs: int


@dataclass(frozen=True, slots=True)
class Permutation:
    """Pairs of advanced therapies called pooled only, observed or in permuted cases."""

    kind: str
    draws: int
    pairs: float
    flagged: float
    pooled_only: float
    sd: float | None


@dataclass(frozen=True, slots=True)
class ListError:
    """Pairs of a family on a list, and how many of them chance is expected to bring.

    `permutation_mean` are those that broken links bring, None without a draw; `exceeds` tells that
    they are more than expected, beyond the error of the draws.
    """

    family: str
    list: str
    rows: int
    expected: float
    permutation_mean: float | None
    permutation_sd: float | None
    exceeds: bool
    per_year: float


@dataclass(frozen=True, slots=True)
class Answer:
    """How many pairs of which verdict there are, and what chance alone would bring."""

    verdicts: list[VerdictCount]
    permutations: dict[str, Permutation]
    errors: list[ListError]

    def count(self, *verdicts: str, advanced: bool | None = None) -> int:
        """Pairs of some verdicts; of advanced therapies or of the others only, when asked."""
        return sum(
            v.pairs
            for v in self.verdicts
            if v.verdict in verdicts and advanced in (None, v.advanced)
        )

    def listed(self, name: str) -> int:
        """Pairs in scope on a list whose error is known."""
        return sum(e.rows for e in self.errors if e.list == name)

    def expected(self, name: str) -> float:
        """Of these, how many chance is expected to bring."""
        return sum(e.expected for e in self.errors if e.list == name)

    def per_year(self, name: str) -> float:
        """How many false ones are expected to come new to a list in a year."""
        return sum(e.per_year for e in self.errors if e.list == name)


def read(con: duckdb.DuckDBPyConnection) -> Answer:
    """The answer of a snapshot."""
    return Answer(
        verdicts=rows(con, VerdictCount, _VERDICTS),
        permutations={p.kind: p for p in rows(con, Permutation, _PERMUTATION_NULL)},
        errors=rows(con, ListError, _LIST_ERROR),
    )
