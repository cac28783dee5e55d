-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release, $receipt_date
-- grain: line of a FAERS list of deleted cases
-- A deletion holds for every version of the case. The lists carry no date: it counts as received
-- on the last day of the list's quarter.
with field as (
    select line, string_split(content, '$') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select line, whole(f[$position['caseid']]) as caseid
    from field
),
read as (
    select line, caseid, if(regexp_full_match(caseid, '[0-9]+'), caseid, null) as source_case_id
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'FDA' as authority, 1 as authority_rank, 'delete' as action,
        'deleted:' || source_case_id as source_report_id, source_case_id,
        $receipt_date as receipt_date,
        if(caseid is not null and source_case_id is null, ['source_case_id'], []) as unparsed
    from read
)
select * from final
