-- mart.country_margin, mart.product_margin, mart.event_margin. grain: one row per stratum; per
-- product and stratum; per event and stratum. params: none
-- Margins are distinct cases, never sums of pair counts.
insert into mart.country_margin
select stratum, country is not null as is_country, region, n_cases
from counted_stratum
order by stratum;

insert into mart.product_margin
select p.product, s.stratum, count(*) as n_product
from counted_product c
join product_code p using (product_no)
join counted_stratum s using (stratum_no)
group by all
order by all;

insert into mart.event_margin
select e.event, e.event_kind, s.stratum, count(*) as n_event
from counted_event c
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
group by all
order by all;
