-- writes: work.drug_start
-- reads: staging.report_therapy, work.file_release, work.current_version
-- params: none
-- grain: version and drug with an administration period
-- Doses repeat a drug: its first start and its last end remain.
select
    c.version_no, t.drug_seq,
    min(t.start_date) as start_date,
    arg_min(t.start_date_precision, (t.start_date, t.start_date_precision))
        as start_date_precision,
    max(t.end_date) as end_date,
    arg_max(t.end_date_precision, (t.end_date, t.end_date_precision)) as end_date_precision
from staging.report_therapy t
join file_release f using (file_id)
join current_version c using (release_no, source_report_id)
group by c.version_no, t.drug_seq
