-- writes: work.drug_indication
-- reads: staging.report_indication, work.file_release, work.current_version
-- params: none
-- grain: version and drug with an indication
-- A drug may be given for several: all are kept.
select
    c.version_no, i.drug_seq,
    array_to_string(list_sort(list_distinct(list(i.indication) filter (i.indication is not null))), ';')
        as indication
from staging.report_indication i
join file_release f using (file_id)
join current_version c using (release_no, source_report_id)
group by c.version_no, i.drug_seq
