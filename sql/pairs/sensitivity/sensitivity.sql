-- writes: mart.sensitivity
-- reads: work.pair_variant, work.product_code, work.event_code
-- params: none
-- grain: flagged pair in scope and variant of what it is counted on
select
    p.product, e.event, e.event_kind, v.variant, v.n, v.expected, v.ic, v.ic025, v.stands
from pair_variant v
join product_code p using (product_no)
join event_code e using (event_no)
order by v.product_no, v.event_no, v.variant
