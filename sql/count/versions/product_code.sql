-- writes: work.product_code
-- reads: work.any_drug, core.product
-- params: $scope
-- grain: product
-- A product is an advanced therapy by its name, whichever reports there are. A scope names products,
-- substances, advanced_therapies or all.
with reported as (
    select distinct product
    from any_drug
    where product is not null
),
known as (
    select r.product, min(p.product_id) as product_id
    from reported r
    left join core.product p on p.brand = r.product
    group by r.product
)
select
    (row_number() over (order by k.product) - 1)::integer as product_no, k.product, k.product_id,
    coalesce(p.additional_monitoring, false) as additional_monitoring,
    list_has_any(
        $scope,
        ['all', if(k.product_id is null, null, 'advanced_therapies'), lower(k.product),
            lower(p.substance)]
    ) as in_scope
from known k
left join core.product p using (product_id)
order by k.product
