-- writes: work.product_delta
-- reads: work.valid_product, work.chosen_product
-- params: none
-- grain: look, chosen product and period whose cases change
with chosen as (
    select v.*
    from valid_product v
    semi join chosen_product c on c.product_no = v.product_no
),
change as (
    select product_no, period_no, valid_from_look as look_no, 1 as cases
    from chosen
    union all
    select product_no, period_no, valid_to_look, -1
    from chosen
    where valid_to_look < 2147483647
)
select look_no, product_no, period_no, sum(cases)::integer as delta
from change
group by look_no, product_no, period_no
having sum(cases) <> 0
order by look_no, product_no, period_no
