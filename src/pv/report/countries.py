"""A page a country: what it sent, and what it could see."""

from dataclasses import dataclass
from datetime import date

import duckdb

from pv.report import slugs
from pv.report.rows import grouped, rows

_COUNTRIES = """
with sent as (
    select
        stratum, count(*) as cases, count(*) filter (where is_master) as counted,
        min(first_receipt_date) as first_receipt, max(receipt_date) as last_receipt,
        count(*) filter (where is_master and serious) as serious,
        count(*) filter (where is_master and fatal) as fatal,
        avg(completeness) filter (where is_master) as completeness
    from core.case
    group by stratum
)
select
    stratum as country, coalesce(c.country_name, stratum) as name, c.region,
    c.country is not null as is_country, s.cases, s.counted, s.first_receipt, s.last_receipt,
    s.serious, s.fatal, s.completeness
from sent s
left join core.country c on c.country = s.stratum
order by name
"""

_SOURCES = """
select stratum as country, source, count(*) as cases, max(receipt_date) as last_receipt
from core.case
where is_master
group by all
order by country, cases desc, source
"""

_PRODUCTS = """
select m.stratum as country, m.product, m.n_product as n,
    (
        select sum(patients) from core.exposure e
        where e.product = m.product and e.country = m.stratum
    ) as patients
from mart.product_margin m
where m.product in (select brand from core.product)
order by country, n desc, m.product
"""

# What the country tells of each headline, and what it could have seen of it alone.
_SEEN = """
select
    coalesce(k.country, w.country) as country, h.key, coalesce(k.a, w.a, 0) as a,
    coalesce(k.expected, w.expected) as expected, coalesce(k.flagged, false) as flagged,
    w.critical_count as needed, w.p_at_estimate as at_estimate
from (
    select product, event, event_kind, country from mart.pair_country
    union
    select product, event, event_kind, country from mart.country_power
) u
join headline h using (product, event, event_kind)
left join mart.pair_country k using (product, event, event_kind, country)
left join mart.country_power w using (product, event, event_kind, country)
where h.atmp_class <> 'none' or h.family is not null
order by country, flagged desc, a desc, h.key
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a country, or a stratum without one, has sent."""

    country: str
    name: str
    region: str | None
    is_country: bool
    cases: int
    counted: int
    first_receipt: date
    last_receipt: date
    serious: int
    fatal: int
    completeness: float | None

    @property
    def page(self) -> str:
        """Where its page lies below the folder of the night."""
        return slugs.country_page(self.country)


@dataclass(frozen=True, slots=True)
class Source:
    """Counted cases of a country in one source."""

    country: str
    source: str
    cases: int
    last_receipt: date


@dataclass(frozen=True, slots=True)
class Product:
    """Cases of an advanced therapy in a country, and patients treated there where it is told."""

    country: str
    product: str
    n: int
    patients: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A headline in one country; `key` is the headline's."""

    country: str
    key: int
    a: int
    expected: float
    flagged: bool
    needed: int | None
    at_estimate: float | None


@dataclass(frozen=True, slots=True)
class Country:
    """What its page shows."""

    sent: Sent
    sources: list[Source]
    products: list[Product]
    seen: list[Seen]


def read(con: duckdb.DuckDBPyConnection) -> list[Country]:
    """The countries of a snapshot; `pv.report.triage` has left its relations behind."""
    sources = grouped(rows(con, Source, _SOURCES), "country")
    products = grouped(rows(con, Product, _PRODUCTS), "country")
    seen = grouped(rows(con, Seen, _SEEN), "country")
    return [
        Country(s, sources.get(s.country, []), products.get(s.country, []), seen.get(s.country, []))
        for s in rows(con, Sent, _COUNTRIES)
    ]
