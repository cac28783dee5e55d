"""Everything that is shown of one headline on its page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from pv.dictionary.fields.verdicts import VARIANTS
from pv.dictionary.verdicts import CONDITIONS
from pv.errors import PublishError
from pv.report import decisions, doubts, listing, onset, strata, timeline
from pv.report.decisions import Decision
from pv.report.doubts import Cluster, Condition, PossibleDuplicate, Variant
from pv.report.headline import Headline
from pv.report.listing import Case
from pv.report.onset import Onset
from pv.report.rows import by_key, rows
from pv.report.strata import Chance, Pooled, Rate, Region, Stratum
from pv.report.timeline import Moment

# So many pairs are read at once: more would only need more memory.
_TOGETHER = 200

# The pairs that are read together; `key` joins the rows of the queries below to their pair.
_SHOWN = """
create or replace temp table shown as
select key, product, event, event_kind
from headline
where list_contains($keys, key)
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Everything that is shown of one headline beside the list."""

    signal: Headline
    pooled: Pooled
    strata: list[Stratum]
    regions: list[Region]
    rates: list[Rate]
    chances: list[Chance]
    variants: list[Variant]
    conditions: list[Condition]
    possible_duplicates: list[PossibleDuplicate]
    cases: list[Case]
    moments: list[Moment]
    onsets: list[Onset]
    decisions: list[Decision]
    clusters: list[Cluster]

    @property
    def silent(self) -> list[Stratum]:
        """Countries that have the product and the event, but no case of both."""
        return [s for s in self.strata if s.is_country and s.a == 0]


def read(con: duckdb.DuckDBPyConnection, headlines: Sequence[Headline]) -> Iterator[Pair]:
    """The pairs of the list, in its order; `pv.report.triage` has left its relations behind.

    Raises PublishError where a pair of the list has no counts.
    """
    for first in range(0, len(headlines), _TOGETHER):
        together = headlines[first : first + _TOGETHER]
        con.execute(_SHOWN, {"keys": [h.key for h in together]})
        pooled = {p.key: p for p in rows(con, Pooled, strata.POOLED)}
        places = by_key(rows(con, Stratum, strata.STRATA))
        regions = by_key(rows(con, Region, strata.REGIONS))
        rates = by_key(rows(con, Rate, strata.RATES))
        chances = by_key(rows(con, Chance, strata.CHANCES))
        variants = by_key(rows(con, Variant, doubts.SENSITIVITY, variants=list(VARIANTS)))
        asked = [condition.key for condition in CONDITIONS]
        conditions = by_key(rows(con, Condition, doubts.CONDITIONS, conditions=asked))
        duplicates = by_key(rows(con, PossibleDuplicate, doubts.POSSIBLE_DUPLICATES))
        cases = by_key(rows(con, Case, listing.LINES, most=listing.MOST, roles=listing.ROLES))
        moments = by_key(rows(con, Moment, timeline.MOMENTS))
        onsets = by_key(rows(con, Onset, onset.ONSETS))
        clusters = by_key(rows(con, Cluster, doubts.CLUSTERS))
        decided = by_key(rows(con, Decision, decisions.OF_HEADLINES))
        for line in together:
            if line.key not in pooled:
                raise PublishError(f"{' / '.join(line.pair)} is in mart.signal, not in mart.pair")
            yield Pair(
                signal=line,
                pooled=pooled[line.key],
                strata=places.get(line.key, []),
                regions=regions.get(line.key, []),
                rates=rates.get(line.key, []),
                chances=chances.get(line.key, []),
                variants=variants.get(line.key, []),
                conditions=conditions.get(line.key, []),
                possible_duplicates=duplicates.get(line.key, []),
                cases=cases.get(line.key, []),
                moments=moments.get(line.key, []),
                onsets=onsets.get(line.key, []),
                decisions=decided.get(line.key, []),
                clusters=clusters.get(line.key, []),
            )
