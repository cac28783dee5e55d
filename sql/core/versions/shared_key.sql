-- writes: work.shared_key
-- reads: work.current_version, work.version_drug, work.version_event, work.file_release,
--   staging.report_link
-- params: none
-- grain: key that several cases ever had and version that has it
-- Deterministic keys (METHODS part 10; FORMATS 1.4).
with described as (
    select version_no, concat_ws('#', event_date, age_years, sex, country) as patient
    from current_version
    where event_date_precision = 'day'
        and event_date is not null
        and age_years is not null
        and sex is not null
        and country is not null
    window same as (partition by event_date, age_years, sex, country)
    qualify min(case_id) over same <> max(case_id) over same
),
drug_set as (
    -- Adding up hashes tells sets apart without sorting them.
    select version_no, count(*) as drugs, sum(hash(product)::hugeint) as drug_hash
    from (
        select distinct d.version_no, d.product
        from version_drug d
        join described using (version_no)
    )
    group by version_no
),
event_set as (
    select e.version_no, count(*) as events, sum(hash(e.event)::hugeint) as event_hash
    from version_event e
    join described using (version_no)
    group by e.version_no
),
linked as (
    select c.version_no, upper(trim(l.linked_id)) as linked_id
    from current_version c
    join file_release f using (release_no)
    join staging.report_link l
        on l.file_id = f.file_id and l.source_report_id = c.source_report_id
    where l.link_type <> 'related_report'
),
keyed as (
    select
        version_no, 'worldwide_case_id' as match_rule, upper(trim(worldwide_case_id)) as key,
        true as links
    from current_version
    where worldwide_case_id is not null
    union all
    -- FAERS carries the worldwide id as manufacturer number.
    select version_no, 'worldwide_case_id', upper(trim(manufacturer_number)), false
    from current_version
    where worldwide_case_id is null
        and upper(trim(manufacturer_number))
            in (select upper(trim(worldwide_case_id)) from current_version)
    union all
    select version_no, 'linked_report', linked_id, true
    from linked
    union all
    -- A case's own numbers link it only to a case that names one of them.
    select c.version_no, 'linked_report', upper(trim(k.own_id)), false
    from current_version c
    cross join lateral (values (c.source_case_id), (c.worldwide_case_id)) k (own_id)
    where upper(trim(k.own_id)) in (select linked_id from linked)
    union all
    select
        version_no, 'manufacturer_number',
        regexp_replace(upper(trim(manufacturer_number)), '^[A-Z]{2}-', '')
            || '|' || regexp_replace(upper(sender), '[^A-Z0-9]', '', 'g'),
        true
    from current_version
    where regexp_matches(manufacturer_number, '[0-9]{3}') and sender is not null
    union all
    select
        c.version_no, 'same_content',
        concat_ws('#', c.patient, d.drugs, d.drug_hash, e.events, e.event_hash), true
    from described c
    join drug_set d using (version_no)
    join event_set e using (version_no)
),
hashed as (
    select k.*, d.case_id, hash(k.match_rule, k.key) as key_hash
    from keyed k
    join current_version d using (version_no)
),
repeated as (
    -- By hash first: nearly every key belongs to one case, and integers are grouped quickly.
    select key_hash
    from hashed
    group by key_hash
    having min(case_id) <> max(case_id)
),
final as (
    select
        dense_rank() over (order by match_rule, key) as key_no, match_rule, version_no, case_id,
        bool_or(links) as links
    from hashed
    semi join repeated using (key_hash)
    group by match_rule, key, version_no, case_id
)
select * from final
