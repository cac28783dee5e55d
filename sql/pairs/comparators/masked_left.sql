-- writes: work.masked_left
-- reads: work.scope_pair, work.masked_count, work.masked_own, work.product_count, work.event_count,
--   work.counted_period
-- params: none
-- grain: pair in scope and period whose comparator loses cases
-- Cases of other products that list the event, where the product has a case.
select
    q.pair_no, m.period_no, p.n_product, coalesce(e.n_event, 0) as n_event, s.n_cases,
    m.n_event - coalesce(o.n_event, 0) as n_event_left,
    m.n_cases - coalesce(o.n_cases, 0) as n_cases_left
from scope_pair q
join masked_count m using (event_no)
join product_count p on p.product_no = q.product_no and p.period_no = m.period_no
join counted_period s on s.period_no = m.period_no
left join event_count e on e.event_no = q.event_no and e.period_no = m.period_no
left join masked_own o on o.pair_no = q.pair_no and o.period_no = m.period_no
where m.n_cases > coalesce(o.n_cases, 0)
