"""The line listing: the cases of a headline, one line each, with nothing that names a person."""

from dataclasses import dataclass
from datetime import date
from typing import Any

# Cases listed of one headline; the views cases, case_drugs and case_events hold all.
MOST = 150

# The fatal ones first, then the serious ones, of these the newest. Drugs in the order of their
# role, each name and role once; onset and outcome are of the headline's own events, dose and
# challenges of its product.
LINES = """
with chosen as (
    select k.key, s.product, s.event, s.event_kind, k.case_id
    from headline_case k
    join shown s using (key)
    qualify row_number() over (
        partition by k.key
        order by k.fatal desc nulls last, k.serious desc nulls last, k.receipt_date desc, k.case_id
    ) <= $most
),
told as (select distinct case_id from chosen),
drugs as (
    select case_id, list({name: name, role: role} order by place, name) as drugs
    from (
        select distinct
            d.case_id, coalesce(d.product, d.drug_verbatim, 'unnamed') as name, d.role,
            list_position($roles, d.role) as place
        from core.case_drug d
        semi join told t on t.case_id = d.case_id
    )
    group by case_id
),
events as (
    select e.case_id, list(distinct e.event order by e.event) as events
    from core.case_event e
    semi join told t on t.case_id = e.case_id
    group by e.case_id
),
members as (
    select key, event from shown where event_kind = 'event'
    union all
    select s.key, m.event
    from shown s
    join core.event_group g on g.label = s.event and s.event_kind = 'event_group'
    join core.event_group_member m using (event_group)
),
own as (
    select
        c.key, c.case_id, min(e.time_to_onset_days_low) as onset_low,
        max(e.time_to_onset_days_high) as onset_high,
        string_agg(distinct e.outcome, ', ' order by e.outcome) as outcome
    from chosen c
    join members m using (key)
    join core.case_event e on e.case_id = c.case_id and lower(e.event) = lower(m.event)
    group by c.key, c.case_id
),
given as (
    select
        c.key, c.case_id, string_agg(distinct d.dose, '; ' order by d.dose) as dose,
        string_agg(distinct d.dechallenge, ', ' order by d.dechallenge) as dechallenge,
        string_agg(distinct d.rechallenge, ', ' order by d.rechallenge) as rechallenge
    from chosen c
    join core.case_drug d on d.case_id = c.case_id and d.product = c.product
    where d.role in ('primary_suspect', 'suspect', 'interacting')
    group by c.key, c.case_id
)
select
    c.key, c.case_id, k.authority, k.source_case_id, k.source,
    coalesce(n.country_name, k.stratum) as place, k.first_receipt_date, k.receipt_date, k.age_years,
    k.sex, coalesce(d.drugs, []) as drugs, coalesce(e.events, []) as events, o.onset_low,
    o.onset_high, o.outcome, k.serious, k.fatal, g.dose, g.dechallenge, g.rechallenge,
    k.report_type, coalesce(k.literature, false) as literature, k.completeness
from chosen c
join core.case k using (case_id)
join own o using (key, case_id)
left join given g using (key, case_id)
left join drugs d using (case_id)
left join events e using (case_id)
left join core.country n on n.country = k.stratum
order by c.key, k.fatal desc nulls last, k.serious desc nulls last, k.receipt_date desc, c.case_id
"""

ROLES = ["primary_suspect", "suspect", "interacting", "concomitant", "not_administered"]


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a headline."""

    key: int
    case_id: int
    authority: str
    source_case_id: str
    source: str
    place: str
    first_receipt_date: date
    receipt_date: date
    age_years: float | None
    sex: str | None
    drugs: list[dict[str, Any]]
    events: list[str]
    onset_low: int | None
    onset_high: int | None
    outcome: str | None
    serious: bool | None
    fatal: bool | None
    dose: str | None
    dechallenge: str | None
    rechallenge: str | None
    report_type: str | None
    literature: bool
    completeness: float
