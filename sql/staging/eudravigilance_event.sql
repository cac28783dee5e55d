-- writes: staging.report_event
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: reaction of a row of a EudraVigilance line listing
-- PT (duration - outcome - seriousness criteria). Terms may have brackets; an item of another form is
-- a term.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
item as (
    select
        line, written(f[$position['case_id']]) as source_report_id,
        unnest(listing_items(f[$position['reactions']])) as text
    from field
),
parted as (
    select
        *,
        regexp_extract(
            text, '^(.+) \((.+?) - (.+?) - (.*)\)$', ['term', 'duration', 'outcome', 'criteria']
        ) as part
    from item
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        if(part.term = '', text, part.term) as term_verbatim,
        listing_word(part.outcome) as outcome,
        []::varchar[] as unparsed
    from parted
)
select * from final
