-- writes: staging.report_drug
-- reads: work.raw_daen
-- params: $source, $file_id
-- grain: medicine of a case of a DAEN list
-- NAME (ingredients) - role; medicines are parted by commas or line breaks, and commas are in names
-- too: the role ends a medicine. Ingredients are in the last brackets, which may hold others; they
-- are joined as FAERS joins them.
with daen_row as (
    select
        line,
        whole(written(case_id_text)) as case_id_text,
        written(medicines_text) as medicines_text
    from raw_daen
),
first_row as (
    select *
    from daen_row
    qualify line = min(line) over (partition by coalesce(case_id_text, '#' || line))
),
parted as (
    select
        line, case_id_text,
        regexp_extract_all(
            medicines_text,
            '(.+?) - (Suspected|Not suspected|Interaction)(?:[,\x1f]\s*|\s*$)',
            0
        ) as medicine
    from first_row
    where medicines_text is not null
),
placed as (
    select
        p.line, p.case_id_text, m.place,
        regexp_extract(m.text, '^(.+) - (Suspected|Not suspected|Interaction)[,\x1f]?\s*$', 1) as name,
        regexp_extract(m.text, ' - (Suspected|Not suspected|Interaction)[,\x1f]?\s*$', 1) as role_word
    from parted p
    cross join lateral (
        select unnest(p.medicine) as text, generate_subscripts(p.medicine, 1) as place
    ) m
),
whole_text as (
    -- A text without a role is one medicine: DAEN lists what is suspected.
    select line, case_id_text, 1 as place, medicines_text as name, null as role_word
    from first_row
    where medicines_text is not null and line not in (select line from placed)
),
named as (
    select
        *,
        regexp_extract(name, '^(.+?)\s*\(((?:[^()]|\([^()]*\))*)\)$', ['brand', 'ingredient'])
            as found
    from (select * from placed union all by name select * from whole_text)
),
final as (
    select
        $source as source, $file_id as file_id, line, case_id_text as source_report_id,
        place::varchar as drug_seq,
        case role_word
            when 'Not suspected' then 'concomitant'
            when 'Interaction' then 'interacting'
            else 'suspect'
        end as role,
        coalesce(nullif(trim(found.brand), ''), trim(name)) as drug_verbatim,
        replace(nullif(nullif(trim(found.ingredient), ''), 'Product not coded'), '; ', '\')
            as active_ingredient,
        if(role_word is null, ['role'], []::varchar[]) as unparsed
    from named
)
select * from final
