-- writes: work.compared_version
-- reads: work.current_version, work.version_drug, work.version_event, work.version_product,
--   work.version_trait, work.month_end, work.candidate_pair, staging.report_outcome, work.file_release
-- params: none
-- grain: version that is compared with another
with one_of_two as (
    select version_no
    from candidate_pair
    union
    select other_version_no
    from candidate_pair
),
drug as (
    select
        version_no, list(distinct product) filter (product is not null) as products,
        list(distinct lot_hmac) filter (lot_hmac is not null and is_suspect) as lots,
        min(start_date) filter (start_date_precision = 'day' and is_suspect) as start_day
    from (
        select *, role in ('primary_suspect', 'suspect', 'interacting') as is_suspect
        from version_drug
        where version_no in (from one_of_two)
    )
    group by version_no
),
event as (
    select version_no, list(event) as events
    from version_event
    where version_no in (from one_of_two)
    group by version_no
),
trait as (
    select
        version_no,
        arg_min(trait_value, (frequency, trait_value)) filter (trait = 'event') as event,
        min(frequency) filter (trait = 'event') as tf_event,
        min(frequency) filter (trait = 'age') as tf_age,
        min(frequency) filter (trait = 'country') as tf_country,
        min(frequency) filter (trait = 'day') as tf_day,
        min(frequency) filter (trait = 'start') as tf_start,
        min(frequency) filter (trait = 'lot') as tf_lot
    from version_trait
    group by version_no
),
outcome as (
    select
        d.version_no, array_to_string(list_sort(list_distinct(list(o.outcome))), ',') as outcome
    from staging.report_outcome o
    join file_release f using (file_id)
    join current_version d using (release_no, source_report_id)
    where d.version_no in (from one_of_two) and o.outcome is not null
    group by d.version_no
)
select
    d.version_no, d.case_id, coalesce(m.cases_known, 0) as cases_known, d.source, d.sex, d.age_years,
    d.country, d.region, if(d.event_date_precision = 'day', d.event_date, null) as event_day,
    if(d.event_date_precision in ('day', 'month'), year(d.event_date) * 12 + month(d.event_date), null)
        ::bigint as event_month,
    u.start_day, least(d.first_receipt_date, d.receipt_date) as received, d.receipt_date,
    upper(regexp_replace(d.sender, '[^A-Za-z0-9]', '', 'g')) as sender,
    o.outcome, p.product, coalesce(u.products, []) as product_list, t.event,
    coalesce(e.events, []) as event_list, coalesce(u.lots, []) as lots, p.frequency as tf_product,
    t.tf_event, t.tf_age, t.tf_country, t.tf_day, t.tf_start, t.tf_lot
from current_version d
semi join one_of_two c on c.version_no = d.version_no
left join month_end m on m.as_of = date_trunc('month', d.receipt_date)::date - 1
left join version_product p on p.version_no = d.version_no and p.rarity = 1
left join drug u on u.version_no = d.version_no
left join event e on e.version_no = d.version_no
left join trait t on t.version_no = d.version_no
left join outcome o on o.version_no = d.version_no
