-- writes: mart.lot_cluster
-- reads: work.found_cluster, work.unit_case, work.counted_event, work.product_code,
--   work.event_code, core.case
-- params: none
-- grain: lot or sender and event that cluster
with country_of as (
    select
        f.product_no, f.cluster_kind, f.cluster_of, f.event_no,
        list(distinct c.country order by c.country) filter (where c.country is not null) as countries
    from found_cluster f
    join unit_case u using (product_no, cluster_kind, cluster_of)
    join counted_event e on e.case_id = u.case_id and e.event_no = f.event_no
    join core.case c on c.case_id = u.case_id
    group by f.product_no, f.cluster_kind, f.cluster_of, f.event_no
)
select
    p.product, e.event, e.event_kind, f.cluster_kind, f.cluster_of, f.n_clustered, f.n_unit,
    f.expected_clustered, f.n_event_named, f.n_named, f.cluster_p, f.cluster_q,
    coalesce(w.countries, []) as countries
from found_cluster f
join product_code p using (product_no)
join event_code e using (event_no)
left join country_of w using (product_no, cluster_kind, cluster_of, event_no)
order by p.product, f.cluster_q, e.event, e.event_kind, f.cluster_kind, f.cluster_of
