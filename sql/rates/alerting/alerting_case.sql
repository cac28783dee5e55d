-- writes: work.alerting_case
-- reads: core.case, core.case_drug, core.case_event, work.product_code, work.alert_event,
--   work.latency_window
-- params: $roles
-- grain: case, duplicates too, product in scope and designated event
-- Time to onset is counted from that product's own first administration to the first onset of the
-- event, between the bounds of partial dates, as in work.window_case.
with administered as (
    select
        d.case_id, d.product, min(d.start_date) as start_low,
        min(case d.start_date_precision
            when 'month' then last_day(d.start_date)
            when 'year' then (d.start_date + interval 1 year - interval 1 day)::date
            else d.start_date
        end) as start_high
    from core.case_drug d
    join product_code p using (product)
    where p.in_scope and list_contains($roles, d.role)
    group by d.case_id, d.product
),
happened as (
    select
        v.case_id, e.event, any_value(e.within) as within,
        list(distinct v.event order by v.event) as terms, min(v.onset_date) as onset_low,
        min(case v.onset_date_precision
            when 'month' then last_day(v.onset_date)
            when 'year' then (v.onset_date + interval 1 year - interval 1 day)::date
            else v.onset_date
        end) as onset_high
    from core.case_event v
    semi join administered a on a.case_id = v.case_id
    join alert_event e on e.event_name = lower(v.event)
    group by v.case_id, e.event
),
narrowest as (
    select h.*
    from happened h
    anti join happened n on n.case_id = h.case_id and list_contains(n.within, h.event)
),
dated as (
    select
        c.case_id, c.duplicate_group, c.is_master, c.completeness, a.product, n.event, n.terms,
        c.country, c.region, c.first_receipt_date, c.receipt_date, c.serious, c.fatal,
        datediff('day', if(a.start_low <= c.receipt_date, least(a.start_high, c.receipt_date), a.start_high), n.onset_low)
            as low,
        datediff('day', a.start_low, if(n.onset_low <= c.receipt_date, least(n.onset_high, c.receipt_date), n.onset_high))
            as high
    from narrowest n
    join administered a using (case_id)
    join core.case c using (case_id)
)
select
    d.case_id, d.duplicate_group, d.is_master, d.completeness, d.product, d.event, d.terms,
    d.country, d.region, d.first_receipt_date, d.receipt_date, d.serious, d.fatal,
    d.low::integer as time_to_onset_days_low, d.high::integer as time_to_onset_days_high,
    w.latency_window
from dated d
left join latency_window w
    on not w.is_all and d.low >= w.from_days and d.high <= w.to_days
order by d.case_id, d.product, d.event
