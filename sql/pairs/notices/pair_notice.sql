-- writes: work.pair_notice
-- reads: work.noticed, work.noticed_count, work.product_code, work.event_code
-- params: none
-- grain: pair of work.noticed, by name
with early as (
    select pair_no, sum(a)::bigint as n
    from noticed_count
    group by pair_no
)
select
    p.product, e.event, e.event_kind, q.notice_date, q.issuer, q.title,
    coalesce(k.n, 0) as n_before_notice
from noticed q
join product_code p using (product_no)
join event_code e using (event_no)
left join early k using (pair_no)
