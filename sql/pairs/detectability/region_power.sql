-- writes: mart.region_power
-- reads: work.region_chance, work.product_code, work.event_code, work.counted_stratum
-- params: none
-- grain: pair of mart.country_power and region where product and event both occur
select
    p.product, e.event, e.event_kind, s.region, v.* exclude (product_no, event_no, stratum_no)
from region_chance v
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
order by v.product_no, v.event_no, s.region
