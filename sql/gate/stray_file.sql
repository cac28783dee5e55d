-- writes: gate.stray_file (view)
-- reads: staging.report, gate.report, gate.report_drug, gate.report_event,
--   gate.report_outcome, gate.report_therapy, gate.report_indication, gate.report_source, staging.report_drug,
--   staging.report_event, ops.source_file, gate.replaced
-- params: none
-- grain: file of a delivery in several tables of which most rows do not belong to the others
-- A report of FAERS has drugs and events in the same delivery, and every row of the other tables
-- its report. Nothing is said where the delivery lacks the other side, or of fewer than 20 rows.
with file as (
    select file_id, release
    from ops.source_file
    where source = 'faers' and status in ('loaded', 'ok')
        and file_id not in (select file_id from gate.replaced)
        and release in (select release from ops.source_file where status = 'loaded')
),
known as (
    select distinct f.release, r.source_report_id
    from staging.report r
    join file f using (file_id)
    where r.action = 'report' and r.source_report_id is not null
),
described as (
    select f.release, d.source_report_id
    from staging.report_drug d
    join file f using (file_id)
    union
    select f.release, e.source_report_id
    from staging.report_event e
    join file f using (file_id)
),
named as (
    select file_id, source_report_id from gate.report_drug
    union all
    select file_id, source_report_id from gate.report_event
    union all
    select file_id, source_report_id from gate.report_outcome
    union all
    select file_id, source_report_id from gate.report_therapy
    union all
    select file_id, source_report_id from gate.report_indication
    union all
    select file_id, source_report_id from gate.report_source
),
answered as (
    select n.file_id, f.release, n.source_report_id, k.source_report_id is not null as found
    from named n
    join file f using (file_id)
    left join known k using (release, source_report_id)
    where f.release in (select release from known)
    union all
    select
        r.file_id, r.release, r.source_report_id,
        (r.release, r.source_report_id) in (select (release, source_report_id) from described)
            as found
    from gate.report r
    where r.source = 'faers' and r.action = 'report'
        and r.release in (select release from described)
),
final as (
    select file_id
    from answered
    group by file_id
    having count(*) >= 20 and 2 * count(*) filter (found) < count(*)
)
select * from final
