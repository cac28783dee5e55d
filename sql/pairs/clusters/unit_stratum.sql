-- writes: work.unit_stratum
-- reads: work.unit_case, work.unit_event, work.counted_event
-- params: none
-- grain: lot or sender, event, and country where it has cases
-- Compared with the cases of the same product and country that name another lot, or sender.
with unit as (
    select product_no, cluster_kind, cluster_of, stratum_no, count(*) as n_unit
    from unit_case
    group by product_no, cluster_kind, cluster_of, stratum_no
),
known as (
    select product_no, cluster_kind, stratum_no, count(distinct case_id) as n_named
    from unit_case
    group by product_no, cluster_kind, stratum_no
),
asked as (
    select distinct product_no, cluster_kind, event_no
    from unit_event
),
told as (
    select
        u.product_no, u.cluster_kind, u.stratum_no, q.event_no,
        count(distinct u.case_id) as n_event
    from asked q
    join counted_event e using (event_no)
    join unit_case u
        on u.case_id = e.case_id and u.product_no = q.product_no
        and u.cluster_kind = q.cluster_kind
    group by u.product_no, u.cluster_kind, u.stratum_no, q.event_no
)
select
    c.product_no, c.cluster_kind, c.cluster_of, c.event_no, u.stratum_no, u.n_unit, k.n_named,
    coalesce(t.n_event, 0) as n_event
from unit_event c
join unit u using (product_no, cluster_kind, cluster_of)
join known k using (product_no, cluster_kind, stratum_no)
left join told t using (product_no, cluster_kind, stratum_no, event_no)
