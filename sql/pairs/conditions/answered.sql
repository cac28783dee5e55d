-- mart.signal_condition. grain: one row per pair and condition that pv.pairs.answers answers.
-- params: none
insert into mart.signal_condition by name
select p.product, e.event, e.event_kind, a.condition, a.holds, a.evidence, a.reason
from pair_answer a
join product_code p using (product_no)
join event_code e using (event_no)
order by a.condition, a.product_no, a.event_no;
