-- writes: work.cell_delta
-- reads: work.valid_product, work.valid_event, work.chosen_pair
-- params: none
-- grain: look, chosen pair and period whose joint cases change
with joint as (
    select p.product_no, e.event_no, p.period_no, p.valid_from_look, p.valid_to_look, count(*) as n
    from valid_product p
    join valid_event e using (validity_id)
    semi join chosen_pair c on c.product_no = p.product_no and c.event_no = e.event_no
    group by p.product_no, e.event_no, p.period_no, p.valid_from_look, p.valid_to_look
),
change as (
    select product_no, event_no, period_no, valid_from_look as look_no, n as cases
    from joint
    union all
    select product_no, event_no, period_no, valid_to_look, -n
    from joint
    where valid_to_look < 2147483647
)
select look_no, product_no, event_no, period_no, sum(cases)::integer as delta
from change
group by look_no, product_no, event_no, period_no
having sum(cases) <> 0
order by look_no, product_no, event_no, period_no
