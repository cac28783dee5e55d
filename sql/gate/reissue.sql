-- writes: gate.reissue (view)
-- reads: gate.replaced, gate.published, ops.source_file, staging.report, staging.report_drug,
--   staging.report_event, staging.report_outcome, staging.report_link, staging.report_therapy,
--   staging.report_indication, staging.report_source, staging.exposure, staging.background_rate
-- params: none
-- grain: file in use, and the file that came with other bytes under its name
-- What differs between the two, while the rows of both are in staging. A case is compared by all
-- its rows, whatever their order and lines; a table without reports by its rows. Where the rows of
-- one are not in staging (the warehouse was lost, or the new bytes are known under another name)
-- nothing is said of what is in them.
with side as (
    select file_id as old_file_id, by_file_id as new_file_id, file_id, true as is_old
    from gate.replaced
    union all
    select file_id, by_file_id, by_file_id, false
    from gate.replaced
),
line as (
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report
    where file_id in (select file_id from side)
    union all
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report_drug
    where file_id in (select file_id from side)
    union all
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report_event
    where file_id in (select file_id from side)
    union all
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report_outcome
    where file_id in (select file_id from side)
    union all
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report_link
    where file_id in (select file_id from side)
    union all
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report_therapy
    where file_id in (select file_id from side)
    union all
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report_indication
    where file_id in (select file_id from side)
    union all
    select
        file_id, source_report_id as thing, hash(*columns(* exclude (file_id, line))) as content
    from staging.report_source
    where file_id in (select file_id from side)
    union all
    select
        file_id, hash(*columns(* exclude (file_id, line)))::varchar,
        hash(*columns(* exclude (file_id, line)))
    from staging.exposure
    where file_id in (select file_id from side)
    union all
    select
        file_id, hash(*columns(* exclude (file_id, line)))::varchar,
        hash(*columns(* exclude (file_id, line)))
    from staging.background_rate
    where file_id in (select file_id from side)
),
numbered as (
    select file_id, source_report_id as thing, any_value(source_case_id) as source_case_id
    from staging.report
    where file_id in (select file_id from side)
    group by file_id, source_report_id
),
content as (
    select
        s.old_file_id, s.new_file_id, coalesce(n.source_case_id, l.thing) as thing,
        sum(l.content) filter (s.is_old) as old_content,
        sum(l.content) filter (not s.is_old) as new_content
    from side s
    join line l using (file_id)
    left join numbered n using (file_id, thing)
    group by all
),
compared_things as (
    select
        old_file_id, new_file_id,
        count(*) filter (old_content is null) as n_added,
        count(*) filter (new_content is null) as n_withdrawn,
        count(*) filter (old_content <> new_content) as n_changed
    from content
    group by all
)
select
    f.source, f.name, f.release, f.staging_table, old.file_id as old_file_id,
    f.file_id as new_file_id,
    case
        when f.staging_table = 'staging.report' then 'case'
        when starts_with(f.staging_table, 'staging.report') then 'report'
        else 'row'
    end as compared_by,
    greatest(old.rows_read, p.rows_kept) as rows_before, f.rows_read as rows_after,
    if(said, coalesce(c.n_added, 0), null) as n_added,
    if(said, coalesce(c.n_withdrawn, 0), null) as n_withdrawn,
    if(said, coalesce(c.n_changed, 0), null) as n_changed
from gate.replaced r
join ops.source_file old on old.file_id = r.file_id
join ops.source_file f on f.file_id = r.by_file_id
left join gate.published p
    on p.source = old.source and p.name = old.name and p.sha256 = old.sha256
left join compared_things c on c.old_file_id = r.file_id and c.new_file_id = r.by_file_id
cross join lateral (select old.status = 'ok' and f.status = 'loaded' as said)
where old.sha256 is distinct from f.sha256
