"""What is shown of one pair: the pool, each country, each region, rates, chances, sensitivity."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from pv.dictionary.fields.verdicts import VARIANTS
from pv.dictionary.verdicts import CONDITIONS
from pv.errors import PublishError
from pv.report import decisions, listing, onset, timeline, words
from pv.report.decisions import Decision
from pv.report.listing import Case
from pv.report.onset import Onset
from pv.report.rows import by_key, rows
from pv.report.timeline import Moment
from pv.report.triage import Headline

# So many pairs are read at once: more would only need more memory.
_TOGETHER = 200

# The pairs that are read together; `key` joins the rows of the queries below to their pair.
_SHOWN = """
create or replace temp table shown as
select key, product, event, event_kind
from headline
where list_contains($keys, key)
"""

_POOLED = """
select
    key, n, n_product, n_event, n_cases, expected, ic, ic025, ic975, ror, ror025, ror975, prr,
    chi2_yates, crude_expected, crude_ic, crude_ic025, crude_ror, crude_ror025, crude_prr,
    crude_chi2_yates, flagged
from shown
join mart.pair using (product, event, event_kind)
order by key
"""

# Every stratum where product and event both occur, also where no case has both: mart.pair_country
# leaves those out, the pooled expectation does not.
_STRATA = """
with strata as (
    select s.key, s.product, s.event, s.event_kind, m.stratum, m.is_country,
        p.n_product, e.n_event, m.n_cases
    from shown s
    join mart.product_margin p using (product)
    join mart.event_margin e using (event, event_kind, stratum)
    join mart.country_margin m using (stratum)
),
within as (
    select s.key, m.stratum, sum(p.n_product::double * e.n_event / m.n_cases) as expected
    from shown s
    join mart.product_period_margin p using (product)
    join mart.event_period_margin e using (event, event_kind, stratum, receipt_period)
    join mart.period_margin m using (stratum, receipt_period)
    group by s.key, m.stratum
)
select
    s.key, s.stratum, coalesce(c.country_name, s.stratum) as name, s.is_country,
    coalesce(k.a, 0) as a,
    s.n_product - coalesce(k.a, 0) as b,
    s.n_event - coalesce(k.a, 0) as c,
    s.n_cases - s.n_product - s.n_event + coalesce(k.a, 0) as d,
    coalesce(k.expected, w.expected, 0) as expected,
    k.ic, k.ic025, k.ic975, k.ror025, coalesce(k.flagged, false) as flagged
from strata s
left join within w on w.key = s.key and w.stratum = s.stratum
left join mart.pair_country k
    on k.product = s.product and k.event = s.event and k.event_kind = s.event_kind
    and k.country = s.stratum
left join core.country c on c.country = s.stratum
order by s.key, a desc, s.stratum
"""

_REGIONS = """
select key, region, n, expected, ic, ic025, ic975, flagged
from shown
join mart.pair_region using (product, event, event_kind)
order by key, n desc, region
"""

# Countries in the order of their probability to see the pair.
_CHANCES = """
select key, p.country, coalesce(c.country_name, p.country) as name, a, expected, excess,
    critical_count as needed, p_at_estimate as at_estimate, p_at_lower as at_lower,
    [p_at_small_rr, p_at_medium_rr, p_at_large_rr] as at_references
from shown
join mart.country_power p using (product, event, event_kind)
left join core.country c on c.country = p.country
where p.is_country
order by key, p_at_estimate desc, a desc, p.country
"""

# What is left of a pair on fewer cases; the pair as counted comes first.
_SENSITIVITY = """
select key, variant, n, expected, ic025, stands
from shown
join mart.sensitivity using (product, event, event_kind)
order by key, list_position($variants, variant)
"""

_RATES = """
select key, r.country = 'all' as pooled, coalesce(c.country_name, r.country) as name, r.n,
    patients, rate, rate_lower, rate_upper
from shown
join mart.rate r using (product, event, event_kind)
left join core.country c using (country)
order by key, pooled desc, r.n desc, patients desc, r.country
"""

_CLUSTERS = """
select key, cluster_kind, cluster_of, n_clustered, n_unit, expected_clustered, cluster_p, cluster_q,
    countries
from shown
join mart.lot_cluster using (product, event, event_kind)
order by key, cluster_p, cluster_kind, cluster_of
"""

# The conditions in the order in which they are asked.
_CONDITIONS = """
select key, c.condition, c.holds, c.evidence::varchar as evidence, c.reason
from shown
join mart.signal_condition c using (product, event, event_kind)
order by key, list_position($conditions, c.condition)
"""

# Two cases that may be one person's, with what they agree in.
_POSSIBLE_DUPLICATES = """
select key, d.case_id, d.other_case_id, d.match_probability, d.agreement
from shown
join mart.possible_duplicate d using (product, event, event_kind)
order by key, d.match_probability desc, d.case_id, d.other_case_id
"""


@dataclass(frozen=True, slots=True)
class Pooled:
    """All strata of a pair: stratified statistics, and the crude ones of the collapsed table."""

    key: int
    n: int
    n_product: int
    n_event: int
    n_cases: int
    expected: float
    ic: float
    ic025: float
    ic975: float
    ror: float | None
    ror025: float | None
    ror975: float | None
    prr: float | None
    chi2_yates: float | None
    crude_expected: float
    crude_ic: float
    crude_ic025: float
    crude_ror: float | None
    crude_ror025: float | None
    crude_prr: float | None
    crude_chi2_yates: float | None
    flagged: bool

    @property
    def crude(self) -> tuple[int, int, int, int]:
        """The cells a, b, c, d of the collapsed table."""
        return (
            self.n,
            self.n_product - self.n,
            self.n_event - self.n,
            self.n_cases - self.n_product - self.n_event + self.n,
        )


@dataclass(frozen=True, slots=True)
class Stratum:
    """A country (or a stratum without one) where product and event both occur.

    The interval is absent where no case has both (a = 0): the snapshot does not hold it.
    """

    key: int
    stratum: str
    name: str
    is_country: bool
    a: int
    b: int
    c: int
    d: int
    expected: float
    ic: float | None
    ic025: float | None
    ic975: float | None
    ror025: float | None
    flagged: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A region with at least one case of the pair, stratified by country inside it."""

    key: int
    region: str
    n: int
    expected: float
    ic: float
    ic025: float
    ic975: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class Chance:
    """What a country could have seen of a pair that the pool flags.

    `needed` is None where no number of cases would do; the probabilities are those of the pool's
    estimate, of its lower limit and of the rule's three reference relative risks.
    """

    key: int
    country: str
    name: str
    a: int
    expected: float
    excess: float
    needed: int | None
    at_estimate: float
    at_lower: float
    at_references: list[float]


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
class Rate:
    """Cases per 1,000 patients treated, with Garwood's limits."""

    key: int
    pooled: bool
    name: str
    n: int
    patients: float
    rate: float
    rate_lower: float
    rate_upper: float


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


def _short(text: str) -> str:
    """A figure of a page's length; what is no figure as it is."""
    try:
        return f"{float(text):.4g}" if "." in text or "e" in text else text
    except ValueError:
        return text


def read(con: duckdb.DuckDBPyConnection, headlines: Sequence[Headline]) -> Iterator[Pair]:
    """The pairs of the list, in its order; `pv.report.triage` has left its relations behind.

    Raises PublishError where a pair of the list has no counts.
    """
    for first in range(0, len(headlines), _TOGETHER):
        together = headlines[first : first + _TOGETHER]
        con.execute(_SHOWN, {"keys": [h.key for h in together]})
        pooled = {p.key: p for p in rows(con, Pooled, _POOLED)}
        strata = by_key(rows(con, Stratum, _STRATA))
        regions = by_key(rows(con, Region, _REGIONS))
        rates = by_key(rows(con, Rate, _RATES))
        chances = by_key(rows(con, Chance, _CHANCES))
        variants = by_key(rows(con, Variant, _SENSITIVITY, variants=list(VARIANTS)))
        asked = [condition.key for condition in CONDITIONS]
        conditions = by_key(rows(con, Condition, _CONDITIONS, conditions=asked))
        duplicates = by_key(rows(con, PossibleDuplicate, _POSSIBLE_DUPLICATES))
        cases = by_key(rows(con, Case, listing.LINES, most=listing.MOST, roles=listing.ROLES))
        moments = by_key(rows(con, Moment, timeline.MOMENTS))
        onsets = by_key(rows(con, Onset, onset.ONSETS))
        clusters = by_key(rows(con, Cluster, _CLUSTERS))
        decided = by_key(rows(con, Decision, decisions.OF_HEADLINES))
        for line in together:
            if line.key not in pooled:
                raise PublishError(f"{' / '.join(line.pair)} is in mart.signal, not in mart.pair")
            yield Pair(
                signal=line,
                pooled=pooled[line.key],
                strata=strata.get(line.key, []),
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
