-- writes: work.received_version
-- reads: staging.report, core.case_key, core.look
-- params: none
-- grain: version of a case ever received
-- look_no is the first look that knows the version; null: received after the data lock point.
select
    k.case_id, r.source, r.source_report_id, r.release, r.version, r.action,
    r.first_receipt_date, r.receipt_date, r.file_id, r.line, r.authority_rank, l.look_no
from staging.report r
join core.case_key k using (authority, source_case_id)
asof left join core.look l on l.as_of >= r.receipt_date
