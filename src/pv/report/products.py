"""A page a product: its patients by country, its events, its windows."""

from dataclasses import dataclass
from datetime import date

import duckdb

from pv.report import slugs
from pv.report.rows import grouped, rows

# Advanced therapies with a case, an exposure or a rate.
_PRODUCTS = """
with told as (
    select product from mart.product_margin
    union select product from core.exposure
    union select product from mart.rate_window
)
select
    brand as product, substance, atmp_class, platform, therapeutic_area, authorisation, conditional,
    additional_monitoring, follow_up_years, us_approval_date, eu_authorisation_date, eu_end_date,
    eu_status, reference, coalesce(o.hospital_exemption, false) as hospital_exemption,
    o.followed_years,
    (select sum(n_product) from mart.product_margin m where m.product = brand)::bigint as n_cases
from core.product p
left join (select product, hospital_exemption, followed_years from mart.obligation) o
    on o.product = p.brand
where brand in (select product from told)
order by lower(brand)
"""

# The longest time that is known of each country: periods do not overlap.
_PATIENTS = """
select
    product, e.country, coalesce(c.country_name, e.country) as name,
    min(period_start) as first_day, max(period_end) as last_day, sum(patients) as patients,
    sum(person_years) as person_years, max(cumulative) as cumulative,
    string_agg(distinct e.quality, '; ' order by e.quality) as quality,
    string_agg(distinct e.reference, '; ' order by e.reference) as reference
from core.exposure e
left join core.country c using (country)
group by all
order by product, any_value(e.country) = 'WORLD' desc, name
"""

# Every event of the product that a case tells, flagged or not.
_EVENTS = """
select product, event, event_kind, verdict, n, expected, ic025, n_countries,
    verdict <> 'not_flagged' as flagged
from mart.signal
where product in (select brand from core.product)
order by product, rank nulls last, n desc, event, event_kind
"""

_CASES = """
select m.product, m.stratum, coalesce(c.country_name, m.stratum) as name, m.n_product as n
from mart.product_margin m
left join core.country c on c.country = m.stratum
where m.product in (select brand from core.product)
order by m.product, n desc, m.stratum
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """An advanced therapy as the vocabulary knows it, and its cases."""

    product: str
    substance: str
    atmp_class: str
    platform: str
    therapeutic_area: str | None
    authorisation: str | None
    conditional: bool | None
    additional_monitoring: bool | None
    follow_up_years: int | None
    us_approval_date: str | None
    eu_authorisation_date: str | None
    eu_end_date: str | None
    eu_status: str | None
    reference: str | None
    hospital_exemption: bool
    followed_years: int | None
    n_cases: int | None

    @property
    def page(self) -> str:
        """Where its page lies below the folder of the night."""
        return slugs.product_page(self.product)


@dataclass(frozen=True, slots=True)
class Patients:
    """Patients treated with a product in a country, over all periods that are told."""

    product: str
    country: str
    name: str
    first_day: date
    last_day: date
    patients: float | None
    person_years: float | None
    cumulative: float | None
    quality: str | None
    reference: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a product with at least one case."""

    product: str
    event: str
    event_kind: str
    verdict: str
    n: int
    expected: float
    ic025: float
    n_countries: int
    flagged: bool


@dataclass(frozen=True, slots=True)
class Stratum:
    """The cases of a product in a country, or in a stratum without one."""

    product: str
    stratum: str
    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Product:
    """What its page shows beside its windows."""

    facts: Facts
    patients: list[Patients]
    events: list[Event]
    strata: list[Stratum]


def read(con: duckdb.DuckDBPyConnection) -> list[Product]:
    """The advanced therapies of a snapshot, in the order of the alphabet."""
    patients = grouped(rows(con, Patients, _PATIENTS), "product")
    events = grouped(rows(con, Event, _EVENTS), "product")
    strata = grouped(rows(con, Stratum, _CASES), "product")
    return [
        Product(
            f, patients.get(f.product, []), events.get(f.product, []), strata.get(f.product, [])
        )
        for f in rows(con, Facts, _PRODUCTS)
    ]
