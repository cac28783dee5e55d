-- writes: mart.pair_country
-- reads: work.cell_statistic, work.product_code, work.event_code, work.counted_stratum
-- params: none
-- grain: product, event and stratum with at least one case of both
select
    p.product, e.event, e.event_kind, s.stratum as country, s.country is not null as is_country,
    v.* exclude (product_no, event_no, stratum_no)
from cell_statistic v
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
order by v.product_no, v.event_no, v.stratum_no
