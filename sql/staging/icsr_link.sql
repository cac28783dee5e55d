-- writes: staging.report_link
-- reads: work.raw_icsr_report, work.raw_icsr_link
-- params: $source, $file_id
-- grain: id that an individual case safety report names beside its own
select distinct
    $source as source, $file_id as file_id, l.line,
    written_value(r.report_id_text) as source_report_id, l.link_type,
    written_value(l.linked_id_text) as linked_id
from raw_icsr_link l
join raw_icsr_report r using (line)
where written_value(l.linked_id_text) is not null
