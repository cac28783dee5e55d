-- duplicate_key (temporary). grain: one row per case and key it shares with another. params: none
-- Deterministic keys (METHODS part 10; FORMATS 1.4). A key that more than ten cases share is a
-- habit of reporting ("UNKNOWN", one date for a whole series), not a duplicate, and links nobody.
create or replace temp table duplicate_key as
with described as (
    select case_id, concat_ws('#', event_date, age_years, sex, country) as patient
    from case_draft
    where event_date_precision = 'day'
        and event_date is not null
        and age_years is not null
        and sex is not null
        and country is not null
    qualify count(*) over (partition by event_date, age_years, sex, country) > 1
),
drug_set as (
    -- Adding up hashes tells sets apart without sorting them.
    select case_id, count(*) as drugs, sum(hash(product)::hugeint) as drug_hash
    from (
        select distinct d.case_id, d.product
        from core.case_drug d
        join described using (case_id)
    )
    group by case_id
),
event_set as (
    select e.case_id, count(*) as events, sum(hash(e.event)::hugeint) as event_hash
    from core.case_event e
    join described using (case_id)
    group by e.case_id
),
linked as (
    select c.case_id, upper(trim(l.linked_id)) as linked_id
    from case_draft c
    join file_release f using (release_no)
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
        concat_ws('#', c.patient, d.drugs, d.drug_hash, e.events, e.event_hash)
    from described c
    join drug_set d using (case_id)
    join event_set e using (case_id)
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
