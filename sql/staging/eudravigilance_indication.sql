-- writes: staging.report_indication
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: drug of a row of a EudraVigilance line listing that says what it was given for
-- The numbers of drugs are those of staging.report_drug: suspects first.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
item as (
    select
        line, written(f[$position['case_id']]) as source_report_id,
        list_concat(
            listing_items(f[$position['suspects']]), listing_items(f[$position['concomitants']])
        ) as items
    from field
),
numbered as (
    select
        line, source_report_id, unnest(items) as text, unnest(range(1, len(items) + 1)) as seq
    from item
),
parted as (
    select
        *,
        listing_word(regexp_extract(text, ' \([SICN] - (.*?) - ', 1)) as indication
    from numbered
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        seq::varchar as drug_seq, indication
    from parted
    where indication is not null
    order by line, seq
)
select * from final
