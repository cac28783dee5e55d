-- writes: work.window_case
-- reads: work.any_drug, work.any_event, work.product_code, work.window_event, work.valid_case,
--   core.event_group_member
-- params: $roles
-- grain: version of a case, advanced therapy and event of work.window_event
-- Time to onset is counted from that product's own first administration to the first onset of the
-- event (of an event group: of any of its events). A date known to the month or year is an interval,
-- and so is the delay; what was received by a day had begun by then. Days are never invented.
with administered as (
    select
        d.validity_id, p.product_no,
        min(d.start_date) as start_low,
        min(case d.start_date_precision
            when 'month' then last_day(d.start_date)
            when 'year' then (d.start_date + interval 1 year - interval 1 day)::date
            else d.start_date
        end) as start_high
    from any_drug d
    join product_code p using (product)
    where p.product_id is not null and list_contains($roles, d.role)
    group by d.validity_id, p.product_no
),
treated as (
    select distinct validity_id
    from administered
),
reaction as (
    select
        v.validity_id, lower(v.event) as event_name, v.onset_date as onset_low,
        case v.onset_date_precision
            when 'month' then last_day(v.onset_date)
            when 'year' then (v.onset_date + interval 1 year - interval 1 day)::date
            else v.onset_date
        end as onset_high
    from any_event v
    semi join treated using (validity_id)
),
member as (
    select e.window_event_no, lower(m.event) as event_name
    from window_event e
    join core.event_group_member m using (event_group)
    union
    select window_event_no, event_name
    from window_event
    where event_kind = 'event'
),
happened as (
    select
        r.validity_id, m.window_event_no, min(r.onset_low) as onset_low,
        min(r.onset_high) as onset_high
    from reaction r
    join member m using (event_name)
    group by r.validity_id, m.window_event_no
),
dated as (
    select
        c.validity_id, c.stratum_no, p.product, p.product_no, h.window_event_no, c.valid_from_look, c.valid_to_look,
        c.first_receipt_date, a.start_low,
        if(a.start_low <= c.receipt_date, least(a.start_high, c.receipt_date), a.start_high)
            as start_high,
        h.onset_low,
        if(h.onset_low <= c.receipt_date, least(h.onset_high, c.receipt_date), h.onset_high)
            as onset_high
    from administered a
    join product_code p using (product_no)
    join happened h using (validity_id)
    join valid_case c using (validity_id)
)
select
    validity_id, stratum_no, product_no, product, window_event_no, valid_from_look, valid_to_look,
    first_receipt_date, start_low, start_high, onset_low, onset_high,
    datediff('day', start_high, onset_low) as delay_low,
    datediff('day', start_low, onset_high) as delay_high
from dated
order by validity_id, product, window_event_no, valid_from_look
