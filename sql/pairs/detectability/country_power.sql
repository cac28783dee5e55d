-- writes: mart.country_power
-- reads: work.country_chance, work.product_code, work.event_code, work.counted_stratum
-- params: none
-- grain: pair that the pool flags (of advanced therapies, or flagged by no country now) and stratum where the product has cases
select
    p.product, e.event, e.event_kind, s.stratum as country,
    v.* exclude (product_no, event_no, stratum_no)
from country_chance v
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
order by v.product_no, v.event_no, v.stratum_no
