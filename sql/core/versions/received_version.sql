-- writes: work.received_version
-- reads: staging.report, ops.source_file, work.issue, work.issued_version, core.case_key, core.look
-- params: none
-- grain: version of a case ever received
-- look_no is the first look that knows the version; null: received after the data lock point.
-- A withdrawn case has the file and line that told it last.
with single as (
    select file_id
    from ops.source_file f
    where issued_on is null
       or (source, release) in (
            select (source, release)
            from issue
            where source not in (select source from issue where issue_no > 1)
        )
),
version as (
    select
        k.case_id, r.source, r.source_report_id, r.release, r.version, r.action,
        r.first_receipt_date, r.receipt_date, r.file_id, r.line, r.authority_rank, 0 as turn
    from staging.report r
    semi join single using (file_id)
    join core.case_key k using (authority, source_case_id)
    union all by name
    select * from issued_version
)
select v.*, l.look_no
from version v
asof left join core.look l on l.as_of >= v.receipt_date
