-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release
-- grain: row of a JADER DEMO table
-- 報告年度・四半期 is the quarter of the first report, in Japan's fiscal year, which begins in April:
-- 2004・第四 ends in March 2005. A report enters at its end, the day by which it was surely there.
-- Ages are bands of ten years (60歳代): age_years stays null. Its middle would be an age that nobody
-- wrote, equal for all of a decade where duplicates are asked whether two ages are the same. Weights are
-- bands of ten kilograms.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        written(f[$position['case_id']]) as source_case_id,
        written(f[$position['report_count']]) as report_count,
        written(f[$position['quarter']]) as quarter,
        written(f[$position['sex']]) as sex_word,
        written(f[$position['report_type']]) as report_type,
        written(f[$position['reporter']]) as reporter
    from field
),
read as (
    select
        *,
        try_cast(report_count as integer) as version,
        try_cast(regexp_extract(quarter, '^((19|20)[0-9]{2})・第[一二三四]', 1) as integer) as year,
        strpos('一二三四', regexp_extract(quarter, '・第([一二三四])', 1)) as number,
        case sex_word when '女性' then 'F' when '男性' then 'M' end as sex
    from written
),
dated as (
    select *, last_day(make_date(year, 3, 1) + to_months(3 * number))::date as receipt_date
    from read
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'PMDA' as authority, 1 as authority_rank, 'report' as action,
        source_case_id || '-' || coalesce(version::varchar, report_count) as source_report_id,
        source_case_id, version, receipt_date as first_receipt_date, receipt_date,
        report_type, reporter, 'JP' as occurrence_country, sex,
        not_read([
            if(version is null and report_count is not null, 'version', null),
            if(receipt_date is null and quarter is not null, 'receipt_date', null),
            if(sex is null and sex_word is not null and sex_word <> '不明', 'sex', null)
        ]) as unparsed
    from dated
)
select * from final
