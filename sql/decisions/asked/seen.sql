-- writes: nothing
-- reads: mart.pair, mart.signal, mart.pair_country, core.case, core.case_drug, core.case_event,
--   core.event_group, core.event_group_member, ops.run
-- params: $product, $event
-- grain: pair of this product and event, whatever their case, as the snapshot shows it
with pair as (
    select p.product, p.event, p.event_kind, p.n, s.verdict, coalesce(s.headline, false) as headline
    from mart.pair p
    join mart.signal s using (product, event, event_kind)
    where lower(p.product) = lower($product) and lower(p.event) = lower($event)
),
named as (
    select e.case_id, p.product, p.event, p.event_kind
    from pair p
    join core.case_event e on p.event_kind = 'event' and e.event = p.event
    union
    select e.case_id, p.product, p.event, p.event_kind
    from pair p
    join core.event_group g on p.event_kind = 'event_group' and g.label = p.event
    join core.event_group_member m using (event_group)
    join core.case_event e on lower(e.event) = lower(m.event)
),
died as (
    select distinct e.product, e.event, e.event_kind, c.case_id
    from named e
    join core.case c on c.case_id = e.case_id and c.is_master and c.fatal
    join core.case_drug d on d.case_id = c.case_id and d.product = e.product
    cross join ops.run r
    where list_contains(from_json(r.rules -> 'roles', '["VARCHAR"]'), d.role)
),
fatal as (
    select product, event, event_kind, list(case_id order by case_id) as fatal_cases
    from died
    group by product, event, event_kind
),
located as (
    select k.product, k.event, k.event_kind, list(k.country order by k.country) as countries
    from pair p
    join mart.pair_country k using (product, event, event_kind)
    where k.is_country
    group by k.product, k.event, k.event_kind
)
select
    r.run_id, r.as_of, p.product, p.event, p.event_kind, p.headline, p.verdict, p.n as n_decided,
    coalesce(f.fatal_cases, []) as fatal_cases, coalesce(c.countries, []) as countries
from pair p
cross join ops.run r
left join fatal f using (product, event, event_kind)
left join located c using (product, event, event_kind)
order by p.headline desc, p.event_kind
