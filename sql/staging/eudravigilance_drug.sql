-- writes: staging.report_drug
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: drug of a row of a EudraVigilance line listing
-- BRAND [SUBSTANCE] (S - indication - action - [duration - dose - route]). Names may have brackets of
-- both kinds; the letter of the role ends the name. What follows is missing where nobody told it. Of
-- several administrations the first is listed, and `More in ICSR` stands behind its route.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
listed as (
    select
        line, written(f[$position['case_id']]) as source_report_id,
        listing_items(f[$position['suspects']]) as suspects,
        listing_items(f[$position['concomitants']]) as others
    from field
),
item as (
    select
        line, source_report_id, unnest(list_concat(suspects, others)) as text,
        unnest(range(1, len(suspects) + len(others) + 1)) as seq, len(suspects) as suspects
    from listed
),
parted as (
    select
        *,
        regexp_extract(text, '^(.*?)( \(([SICN]) - .*)?$', 1) as name,
        regexp_extract(text, ' \(([SICN]) - ', 1) as letter,
        regexp_extract(
            regexp_replace(text, ' - More in ICSR\]\)$', '])'), ' - \[.* - (.*) - (.*)\]\)$',
            ['dose', 'route']
        ) as given
    from item
),
read as (
    select
        *,
        coded_dose(
            regexp_extract(given.dose, '^[0-9.]+'), regexp_extract(given.dose, '^[0-9.]+\s*(.*)$', 1),
            null
        ) as dose,
        case letter
            when 'S' then 'suspect'
            when 'I' then 'interacting'
            when 'C' then 'concomitant'
            when 'N' then 'not_administered'
            else if(seq <= suspects, 'suspect', 'concomitant')
        end as role,
        if(ends_with(name, ']'), trim(regexp_extract(name, '^(.*?)\[', 1)), name) as brand,
        if(ends_with(name, ']'), regexp_extract(name, '^.*?\[(.*)\]$', 1), null) as substance
    from parted
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        seq::varchar as drug_seq, role, listing_word(brand) as drug_verbatim,
        listing_word(substance) as active_ingredient, listing_word(given.route) as route, dose,
        []::varchar[] as unparsed
    from read
    order by line, seq
)
select * from final
