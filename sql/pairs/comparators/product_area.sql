-- writes: work.product_area
-- reads: work.product_code, core.product, core.therapeutic_area
-- params: none
-- grain: product of a therapeutic area that has a product in scope
with known as (
    select
        c.product_no, c.in_scope,
        coalesce(p.therapeutic_area, t.therapeutic_area) as therapeutic_area
    from product_code c
    left join core.product p using (product_id)
    left join core.therapeutic_area t on t.substance = c.product and c.product_id is null
),
asked as (
    select distinct therapeutic_area
    from known
    where in_scope and therapeutic_area is not null
)
select
    k.product_no, (dense_rank() over (order by k.therapeutic_area) - 1)::integer as area_no
from known k
join asked using (therapeutic_area)
order by k.product_no
