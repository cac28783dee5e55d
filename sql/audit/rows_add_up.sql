-- writes: nothing
-- reads: ops.source_file, ops.quarantine, staging.report, staging.report_drug,
--   staging.report_event, staging.report_outcome, staging.report_link, staging.report_therapy,
--   staging.report_indication, staging.report_source, staging.exposure, staging.background_rate
-- params: none
-- grain: file whose rows do not add up; none is right
-- Rows read = kept + quarantined; of all files but those that the gate has not judged yet, the rows
-- in staging and in quarantine are counted again and must be those that are recorded. Rows in staging
-- of a file that nobody recorded would count without a trace: they are selected too.
with staged as (
    select 'staging.report' as staging_table, file_id, count(distinct line) as lines
    from staging.report
    group by file_id
    union all
    select 'staging.report_drug', file_id, count(distinct line)
    from staging.report_drug
    group by file_id
    union all
    select 'staging.report_event', file_id, count(distinct line)
    from staging.report_event
    group by file_id
    union all
    select 'staging.report_outcome', file_id, count(distinct line)
    from staging.report_outcome
    group by file_id
    union all
    select 'staging.report_link', file_id, count(distinct line)
    from staging.report_link
    group by file_id
    union all
    select 'staging.report_therapy', file_id, count(distinct line)
    from staging.report_therapy
    group by file_id
    union all
    select 'staging.report_indication', file_id, count(distinct line)
    from staging.report_indication
    group by file_id
    union all
    select 'staging.report_source', file_id, count(distinct line)
    from staging.report_source
    group by file_id
    union all
    select 'staging.exposure', file_id, count(distinct line)
    from staging.exposure
    group by file_id
    union all
    select 'staging.background_rate', file_id, count(distinct line)
    from staging.background_rate
    group by file_id
),
quarantined as (
    select file_id, count(distinct line) as lines
    from ops.quarantine
    group by file_id
),
counted as (
    select
        f.file_id,
        f.name,
        f.status,
        f.rows_read,
        f.rows_kept,
        f.rows_quarantined,
        coalesce(s.lines, 0) as staged,
        coalesce(q.lines, 0) as quarantined
    from ops.source_file as f
    left join staged as s on s.file_id = f.file_id and s.staging_table = f.staging_table
    left join quarantined as q on q.file_id = f.file_id
),
unknown as (
    select
        s.file_id,
        null::varchar as name,
        0 as rows_read,
        0 as rows_kept,
        0 as rows_quarantined,
        sum(s.lines)::bigint as staged,
        0 as quarantined
    from staged as s
    where s.file_id not in (select file_id from ops.source_file)
    group by s.file_id
),
final as (
    select file_id, name, rows_read, rows_kept, rows_quarantined, staged, quarantined
    from counted
    where rows_read <> rows_kept + rows_quarantined
       or (status <> 'loaded' and (staged <> rows_kept or quarantined <> rows_quarantined))
    union all
    select file_id, name, rows_read, rows_kept, rows_quarantined, staged, quarantined
    from unknown
)
select *
from final
order by file_id
