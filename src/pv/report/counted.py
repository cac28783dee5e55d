"""How cases were made of what came in: countries, sources, and which are one person's."""

from dataclasses import dataclass

CASES = """
select
    count(*) as cases,
    count(*) filter (is_master) as counted,
    count(*) filter (is_master and country_masked) as masked,
    count(*) filter (is_master and country is null and not country_masked) as unknown,
    count(distinct stratum) filter (is_master and country is not null) as countries
from core.case
"""

LINKED = """
select
    coalesce(match_rule, 'none') as match_rule, count(*) filter (same_group) as one,
    count(*) filter (not same_group) as two, count(decision) as decided
from core.duplicate_link
group by match_rule
order by one desc, match_rule
"""

# By evidence alone: those a person should look at first are the least probable.
WEIGHED = """
select *
from core.duplicate_link
where match_rule = 'probable' and decision is null
order by not same_group, match_probability, case_id, other_case_id
limit $most
"""

RIGHTNESS = """
select country, sources, n_linked, n_right, n_told, n_found
from core.linkage_rightness
order by country, sources
"""

BASES = """
select country_basis, count(*) as cases
from core.case
where is_master
group by country_basis
order by cases desc, country_basis
"""

SOURCES = """
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
