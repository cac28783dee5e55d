-- writes: work.unit_event
-- reads: work.unit_case, work.counted_event
-- params: $n_min
-- grain: lot or sender and event with enough cases of both
select u.product_no, u.cluster_kind, u.cluster_of, e.event_no, count(*) as n_clustered
from unit_case u
join counted_event e using (case_id)
group by u.product_no, u.cluster_kind, u.cluster_of, e.event_no
having count(*) >= $n_min
