-- writes: core.case_version
-- reads: work.received_version, work.version_validity
-- params: none
-- grain: version of a case ever received, with deletions, nullifications and withdrawals
select
    v.case_id, v.source, v.source_report_id, v.release, v.version, v.action,
    v.first_receipt_date, v.receipt_date, v.file_id, v.line,
    s.case_id is not null and v.action <> 'withdraw' as current
from received_version v
left join version_validity s
    on s.file_id = v.file_id and s.line = v.line and s.valid_to_look = 2147483647
order by v.case_id, v.receipt_date, v.source_report_id, v.release, v.file_id, v.line
