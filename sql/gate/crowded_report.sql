-- writes: gate.crowded_report
-- reads: staging.report_drug, staging.report_event, ops.source_file, gate.replaced
-- params: none
-- grain: file and report that has too many pairs of a drug and an event
-- Doses repeat a drug, and are one. Drugs, events and the report itself of one delivery go
-- together, whatever file holds them: without one of the three there is no pair. The bound is
-- MOST_PAIRS of pv.quality.report_rules.
with file as (
    select file_id, source, release
    from ops.source_file
    where release in (select release from ops.source_file where status = 'loaded')
        and file_id not in (select file_id from gate.replaced)
),
drug_row as (
    select f.source, f.release, d.source_report_id, count(*) as drug_rows
    from staging.report_drug d
    join file f using (file_id)
    group by f.source, f.release, d.source_report_id
),
event_row as (
    select f.source, f.release, e.source_report_id, count(*) as event_rows
    from staging.report_event e
    join file f using (file_id)
    group by f.source, f.release, e.source_report_id
),
long as (
    -- Rows are counted quickly, and nearly no report has as many.
    select source, release, source_report_id
    from drug_row
    join event_row using (source, release, source_report_id)
    where drug_rows * event_rows > 250000
),
drugs as (
    select
        f.source, f.release, d.source_report_id,
        count(distinct (coalesce(drug_verbatim, ''), coalesce(active_ingredient, ''))) as drugs
    from staging.report_drug d
    join file f using (file_id)
    semi join long l
        on l.source = f.source and l.release = f.release
        and l.source_report_id = d.source_report_id
    group by f.source, f.release, d.source_report_id
),
events as (
    select f.source, f.release, e.source_report_id, count(distinct term_verbatim) as events
    from staging.report_event e
    join file f using (file_id)
    semi join long l
        on l.source = f.source and l.release = f.release
        and l.source_report_id = e.source_report_id
    group by f.source, f.release, e.source_report_id
),
crowded as (
    select source, release, source_report_id
    from drugs
    join events using (source, release, source_report_id)
    where drugs * events > 250000
)
select file_id, source_report_id
from crowded
join file using (source, release)
