-- shared_key, key_member (temporary). grain: one row per key that several cases ever had and
-- version that has it; per such key, stretch of looks at which it links, and case it then links.
-- params: none
-- Deterministic keys (METHODS part 10; FORMATS 1.4). A key that more than ten cases share is a
-- habit of reporting ("UNKNOWN", one date for a whole series), not a duplicate, and links nobody.
-- A key that links few cases at one look may be shared by many at the next, and the reverse.
create or replace temp table shared_key as
with described as (
    select draft_no, concat_ws('#', event_date, age_years, sex, country) as patient
    from case_draft
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
    select draft_no, count(*) as drugs, sum(hash(product)::hugeint) as drug_hash
    from (
        select distinct d.draft_no, d.product
        from drug_of_draft d
        join described using (draft_no)
    )
    group by draft_no
),
event_set as (
    select e.draft_no, count(*) as events, sum(hash(e.event)::hugeint) as event_hash
    from event_of_draft e
    join described using (draft_no)
    group by e.draft_no
),
linked as (
    select c.draft_no, upper(trim(l.linked_id)) as linked_id
    from case_draft c
    join file_release f using (release_no)
    join staging.report_link l
        on l.file_id = f.file_id and l.source_report_id = c.source_report_id
),
keyed as (
    select
        draft_no, 'worldwide_case_id' as rule, upper(trim(worldwide_case_id)) as key,
        true as links
    from case_draft
    where worldwide_case_id is not null
    union all
    select draft_no, 'linked_report', linked_id, true
    from linked
    union all
    -- A case's own numbers link it only to a case that names one of them.
    select c.draft_no, 'linked_report', upper(trim(k.own_id)), false
    from case_draft c
    cross join lateral (values (c.source_case_id), (c.worldwide_case_id)) k (own_id)
    where upper(trim(k.own_id)) in (select linked_id from linked)
    union all
    select
        draft_no, 'manufacturer_number',
        regexp_replace(upper(trim(manufacturer_number)), '^[A-Z]{2}-', '')
            || '|' || regexp_replace(upper(sender), '[^A-Z0-9]', '', 'g'),
        true
    from case_draft
    where regexp_matches(manufacturer_number, '[0-9]{3}') and sender is not null
    union all
    select
        c.draft_no, 'same_content',
        concat_ws('#', c.patient, d.drugs, d.drug_hash, e.events, e.event_hash), true
    from described c
    join drug_set d using (draft_no)
    join event_set e using (draft_no)
),
hashed as (
    select k.*, d.case_id, hash(k.rule, k.key) as key_hash
    from keyed k
    join case_draft d using (draft_no)
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
        dense_rank() over (order by rule, key) as key_no, rule, draft_no, case_id,
        bool_or(links) as links
    from hashed
    semi join repeated using (key_hash)
    group by rule, key, draft_no, case_id
)
select * from final;

create or replace temp table key_member as
with span as (
    select k.key_no, k.rule, k.case_id, k.links, v.from_look, v.to_look
    from shared_key k
    join case_draft d using (draft_no)
    join version_span v on v.file_id = d.file_id and v.line = d.line
),
change as (
    select key_no, from_look as look_no, 1 as cases, links::int as links
    from span
    union all
    select key_no, to_look, -1, -links::int
    from span
    where to_look < 2147483647
),
stretch as (
    select
        key_no, look_no as from_look, lead(look_no, 1, 2147483647) over by_look as to_look,
        sum(sum(cases)) over by_look as cases, sum(sum(links)) over by_look as links
    from change
    group by key_no, look_no
    window by_look as (partition by key_no order by look_no)
),
final as (
    select
        s.key_no, m.rule, m.case_id, s.from_look, s.to_look,
        min(m.case_id) over (partition by s.key_no, s.from_look) as first_case_id
    from stretch s
    join span m
        on m.key_no = s.key_no and m.from_look <= s.from_look and m.to_look > s.from_look
    where s.cases between 2 and 10 and s.links > 0
)
select * from final
order by key_no, from_look, case_id;
