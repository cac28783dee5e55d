-- writes: work.unit_tests
-- reads: work.unit_case, work.counted_event
-- params: $n_min
-- grain: product and kind of cluster, with the lots or senders and events that might cluster
-- All of them are asked, also where none of their cases has the event: so many tests there are.
with unit as (
    select product_no, cluster_kind, count(*) as n_units
    from (
        select product_no, cluster_kind, cluster_of
        from unit_case
        group by product_no, cluster_kind, cluster_of
        having count(*) >= $n_min
    )
    group by product_no, cluster_kind
),
told as (
    select product_no, cluster_kind, count(*) as n_events
    from (
        select u.product_no, u.cluster_kind, e.event_no
        from unit_case u
        join counted_event e using (case_id)
        group by u.product_no, u.cluster_kind, e.event_no
        having count(distinct u.case_id) >= $n_min
    )
    group by product_no, cluster_kind
)
select u.product_no, u.cluster_kind, u.n_units * t.n_events as n_tests
from unit u
join told t using (product_no, cluster_kind)
