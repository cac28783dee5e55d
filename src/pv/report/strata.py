"""A pair in the pool, in each country and region: what was seen, and what could have been."""

from dataclasses import dataclass

POOLED = """
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
STRATA = """
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
    log2((k.a + 0.5) / (k.expected + 0.5)) as ic, k.ic025, k.ic975, k.ror025,
    coalesce(k.flagged, false) as flagged
from strata s
left join within w on w.key = s.key and w.stratum = s.stratum
left join mart.pair_country k
    on k.product = s.product and k.event = s.event and k.event_kind = s.event_kind
    and k.country = s.stratum
left join core.country c on c.country = s.stratum
order by s.key, a desc, s.stratum
"""

REGIONS = """
select key, region, n, expected, ic, ic025, ic975, flagged
from shown
join mart.pair_region using (product, event, event_kind)
order by key, n desc, region
"""

# Countries in the order of their probability to see the pair.
CHANCES = """
select key, p.country, coalesce(c.country_name, p.country) as name, a, expected, excess,
    critical_count as needed, p_at_estimate as at_estimate, p_at_lower as at_lower,
    [p_at_small_rr, p_at_medium_rr, p_at_large_rr] as at_references
from shown
join mart.country_power p using (product, event, event_kind)
left join core.country c on c.country = p.country
where p.is_country
order by key, p_at_estimate desc, a desc, p.country
"""

RATES = """
select key, r.country = 'all' as pooled, coalesce(c.country_name, r.country) as name, r.n,
    patients, rate, rate_lower, rate_upper
from shown
join mart.rate r using (product, event, event_kind)
left join core.country c using (country)
order by key, pooled desc, r.n desc, patients desc, r.country
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
