-- writes: staging.report_indication
-- reads: work.raw_icsr_report, work.raw_icsr_indication
-- params: $source, $file_id
-- grain: indication of a drug of an individual case safety report
select
    $source as source, $file_id as file_id, i.line,
    written_value(r.report_id_text) as source_report_id, i.drug_seq,
    written_value(i.indication_text) as indication
from raw_icsr_indication i
join raw_icsr_report r using (line)
where written_value(i.indication_text) is not null
