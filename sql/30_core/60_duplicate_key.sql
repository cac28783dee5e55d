-- duplicate_key (temporary). grain: one row per case and key it shares with another. params: none
-- Deterministic keys (METHODS part 10; FORMATS 1.4). A key that more than ten cases share is a
-- habit of reporting ("UNKNOWN", one date for a whole series), not a duplicate, and links nobody.
create or replace temp table duplicate_key as
with drug_set as (
    select case_id, string_agg(substance, '|' order by substance) as drugs
    from (select distinct case_id, coalesce(product, substance) as substance from core.case_drug)
    group by case_id
),
event_set as (
    select case_id, string_agg(event, '|' order by event) as events
    from core.case_event
    group by case_id
),
linked as (
    select c.case_id, upper(trim(l.linked_id)) as linked_id
    from case_draft c
    join ops.source_file f on f.source = c.source and f.release = c.release
    join staging.report_link l
        on l.file_id = f.file_id and l.source_report_id = c.source_report_id
),
keyed as (
    select case_id, 'worldwide_case_id' as rule, upper(trim(worldwide_case_id)) as key
    from case_draft
    where worldwide_case_id is not null
    union all
    select case_id, 'linked_report', linked_id
    from linked
    union all
    select c.case_id, 'linked_report', upper(trim(k.own_id))
    from case_draft c
    cross join lateral (values (c.source_case_id), (c.worldwide_case_id)) k (own_id)
    where upper(trim(k.own_id)) in (select linked_id from linked)
    union all
    select
        case_id, 'manufacturer_number',
        regexp_replace(upper(trim(manufacturer_number)), '^[A-Z]{2}-', '')
            || '|' || regexp_replace(upper(sender), '[^A-Z0-9]', '', 'g')
    from case_draft
    where regexp_matches(manufacturer_number, '[0-9]{3}') and sender is not null
    union all
    select
        c.case_id, 'same_content',
        md5(concat_ws('#', c.event_date, c.age_years, c.sex, c.country, d.drugs, e.events))
    from case_draft c
    join drug_set d using (case_id)
    join event_set e using (case_id)
    where c.event_date_precision = 'day'
        and c.event_date is not null
        and c.age_years is not null
        and c.sex is not null
        and c.country is not null
),
final as (
    select distinct
        case_id, rule, min(case_id) over (partition by rule, key) as first_case_id,
        count(distinct case_id) over (partition by rule, key) as n_sharing
    from keyed
)
select case_id, rule, first_case_id
from final
where n_sharing between 2 and 10
order by case_id, rule;
