-- mart.first_flag. grain: one row per pair and country ('all' for the pool) that ever met the rule.
-- params: none
insert into mart.first_flag by name
select p.product, e.event, e.event_kind, f.country, l.as_of as first_flagged
from first_flag_columns f
join product_code p using (product_no)
join event_code e using (event_no)
join look l using (look_no)
order by f.product_no, f.event_no, f.country;
