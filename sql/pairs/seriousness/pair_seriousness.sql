-- writes: mart.pair_seriousness
-- reads: work.counted_product, work.counted_event, work.product_code, work.event_code,
--   work.this_look, core.look, core.case
-- params: none
-- grain: product and event with at least one case of both: what is new, serious, fatal of them
-- New is what the last month's end did not know; at a first look everything is. A fatal case whose
-- latest report came since counts as new: that report may be the one that says so.
with before as (
    select max(k.as_of) as as_of
    from core.look k
    join this_look l on k.as_of < l.as_of
    where k.is_regular
),
told as (
    select
        c.case_id, coalesce(c.serious, false) as serious, coalesce(c.fatal, false) as fatal,
        coalesce(least(c.first_receipt_date, c.receipt_date) > b.as_of, true) as is_new,
        coalesce(c.receipt_date > b.as_of, true) as has_new_report
    from core.case c
    cross join before b
),
counted as (
    select
        p.product_no, e.event_no, count(*) filter (where t.is_new) as n_new_cases,
        count(*) filter (where t.serious) as n_serious,
        count(*) filter (where t.fatal) as n_fatal,
        count(*) filter (where t.fatal and t.has_new_report) as n_fatal_new
    from counted_product p
    join counted_event e using (case_id)
    join told t using (case_id)
    group by p.product_no, e.event_no
)
select p.product, e.event, e.event_kind, c.* exclude (product_no, event_no)
from counted c
join product_code p using (product_no)
join event_code e using (event_no)
order by c.product_no, c.event_no
