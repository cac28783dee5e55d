-- writes: mart.pair_region
-- reads: work.region_statistic, work.product_code, work.event_code, work.counted_stratum
-- params: none
-- grain: product, event and region with at least one case of both
select
    p.product, e.event, e.event_kind, s.region, v.* exclude (product_no, event_no, stratum_no)
from region_statistic v
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
where s.region is not null
order by v.product_no, v.event_no, s.region
