-- writes: mart.case_alert
-- reads: ops.case_alert, work.told_case, work.alerting_case, work.alert_event, work.product_code,
--   work.event_code, work.listed_pair, core.case, core.case_key
-- params: $as_of
-- grain: case, product in scope and designated event, told as an alert
-- Cases that were told and stand no more are shown as they were when told, with what became of them;
-- what was received after the data lock point is not. Listed is an alert whose designated event is, or
-- each of its terms.
with standing as (
    select
        case_id, product, event, terms, country, region, first_receipt_date, receipt_date, serious, fatal,
        time_to_onset_days_low, time_to_onset_days_high, latency_window, alerted_on, alerted_by,
        'stands' as alert_status, null::bigint as counted_with
    from told_case
),
former as (
    select o.*
    from ops.case_alert o
    anti join told_case t
        on t.case_id = o.case_id and t.product = o.product and t.event = o.event
    anti join product_code p on p.product = o.product and not p.in_scope
    where o.receipt_date <= $as_of::date and o.event in (select event from alert_event)
),
joined as (
    select f.*, t.case_id as counted_with, c.case_id is not null as counts
    from former f
    left join core.case c on c.case_id = f.case_id
    left join alerting_case a
        on a.case_id = f.case_id and a.product = f.product and a.event = f.event
    left join told_case t
        on t.duplicate_group = a.duplicate_group and t.product = f.product and t.event = f.event
),
every as (
    select *
    from standing
    union all by name
    select
        * exclude (counts),
        case when counted_with is not null then 'duplicate' when counts then 'recoded' else 'withdrawn' end
            as alert_status
    from joined
),
on_label as (
    select p.product, lower(e.event) as event_name, e.event_kind
    from listed_pair q
    join product_code p using (product_no)
    join event_code e using (event_no)
    where q.listed
),
named as (
    select e.case_id, e.product, e.event, lower(t.term) as term
    from every e
    cross join unnest(e.terms) as t(term)
),
on_label_by_terms as (
    select n.case_id, n.product, n.event
    from named n
    left join on_label q
        on q.product = n.product and q.event_name = n.term and q.event_kind = 'event'
    group by n.case_id, n.product, n.event
    having count(*) = count(q.event_name)
)
select
    e.case_id, k.authority, k.source_case_id, e.product, e.event, 'event_group' as event_kind, e.terms,
    e.alert_status, e.counted_with, e.alerted_on, e.alerted_by, e.alerted_on = $as_of::date as is_new,
    e.country, e.region, e.first_receipt_date, e.receipt_date, e.serious, e.fatal,
    e.time_to_onset_days_low, e.time_to_onset_days_high, e.latency_window,
    q.product is not null or t.case_id is not null as listed
from every e
join core.case_key k using (case_id)
left join on_label q
    on q.product = e.product and q.event_name = lower(e.event) and q.event_kind = 'event_group'
left join on_label_by_terms t
    on t.case_id = e.case_id and t.product = e.product and t.event = e.event
order by e.case_id, e.product, e.event
