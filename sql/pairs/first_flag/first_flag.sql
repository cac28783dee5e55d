-- writes: mart.first_flag
-- reads: work.first_flagged, work.product_code, work.event_code, work.look
-- params: none
-- grain: pair, and country or 'all' for the pool, that ever met the rule
select p.product, e.event, e.event_kind, f.country, l.as_of as first_flagged
from first_flagged f
join product_code p using (product_no)
join event_code e using (event_no)
join look l using (look_no)
order by f.product_no, f.event_no, f.country
