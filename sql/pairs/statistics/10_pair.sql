-- mart.pair_country, mart.pair, mart.pair_region. grain: one row per product, event and stratum;
-- per product and event; per product, event and region. params: none
-- The statistics come from pv.stats as columns with dense codes; here the codes get their names.
insert into mart.pair_country by name
select
    p.product, e.event, e.event_kind, s.stratum as country, s.country is not null as is_country,
    c.* exclude (product_no, event_no, stratum_no)
from pair_country_columns c
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
order by c.product_no, c.event_no, c.stratum_no;

insert into mart.pair by name
select p.product, e.event, e.event_kind, c.* exclude (product_no, event_no)
from pair_columns c
join product_code p using (product_no)
join event_code e using (event_no)
order by c.product_no, c.event_no;

insert into mart.pair_region by name
select
    p.product, e.event, e.event_kind, s.region, c.* exclude (product_no, event_no, stratum_no)
from pair_region_columns c
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
where s.region is not null
order by c.product_no, c.event_no, s.region;
