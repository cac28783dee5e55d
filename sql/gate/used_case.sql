-- writes: gate.used_case (view)
-- reads: staging.report, ops.source_file, gate.used_file
-- params: none
-- grain: moment (of gate.used_file), source and case that it then has
-- A case is deleted in every source of its authority, and nullified in a source by its newest
-- version there; of a source that is re-issued whole the latest issues have it. What was received
-- by when is not asked: the count is of files, not of a date.
with used as (
    select u.moment, u.file_id
    from gate.used_file u
    join ops.source_file f using (file_id)
    qualify f.issued_on is null or f.issued_on = max(f.issued_on) over (
        partition by u.moment, f.source, f.series, f.staging_table
    )
),
version as (
    select
        u.moment, r.source, r.authority, r.source_case_id, r.action, r.version, r.receipt_date,
        r.source_report_id, r.file_id, r.line
    from staging.report r
    join used u using (file_id)
    where r.source_case_id is not null
),
nullified as (
    select *
    from version
    semi join (from version where action = 'nullify') n
        using (moment, source, authority, source_case_id)
    where action <> 'delete'
    qualify row_number() over (
        partition by moment, source, authority, source_case_id
        order by
            version desc nulls last, receipt_date desc,
            try_cast(source_report_id as hugeint) desc nulls last, source_report_id desc,
            file_id desc, line desc
    ) = 1
),
reported as (
    select distinct moment, source, authority, source_case_id
    from version
    where action = 'report'
)
select c.*
from reported c
anti join (from version where action = 'delete') d using (moment, authority, source_case_id)
anti join (from nullified where action = 'nullify') n
    using (moment, source, authority, source_case_id)
