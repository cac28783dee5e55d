-- writes: work.issue (view)
-- reads: ops.source_file
-- params: none
-- grain: delivery of a source that is re-issued whole, which counts
-- An issue that lacks a table would tell every case anew: it waits for the table, unless no issue of
-- its series is whole.
with line as (
    select source, series, issued_on, release, staging_table, status = 'ok' as is_there
    from ops.source_file
    where issued_on is not null and status in ('ok', 'failed', 'held')
    union all
    select m.source, f.series, f.issued_on, m.release, m.staging_table, false
    from ops.source_file m
    join (
        select distinct source, release, series, issued_on
        from ops.source_file
        where issued_on is not null and status = 'ok'
    ) f using (source, release)
    where m.status = 'missing'
),
tabled as (
    select source, series, issued_on, release, staging_table, bool_or(is_there) as is_there
    from line
    group by all
),
delivery as (
    select source, series, issued_on, release, bool_and(is_there) as is_whole
    from tabled
    group by all
    having bool_or(is_there)
),
final as (
    select
        source, series, issued_on, release,
        (row_number() over same)::integer as issue_no,
        lag(issued_on) over same as issued_before
    from (
        select *
        from delivery
        qualify is_whole or not bool_or(is_whole) over (partition by source, series)
    )
    window same as (partition by source, series order by issued_on, release)
)
select * from final
