-- writes: mart.signal_condition
-- reads: work.pair_answer, work.product_code, work.event_code
-- params: none
-- grain: pair and condition of the pooled-only verdict that is asked of it
select p.product, e.event, e.event_kind, a.condition, a.holds, a.evidence, a.reason
from pair_answer a
join product_code p using (product_no)
join event_code e using (event_no)
order by a.product_no, a.event_no, a.condition
