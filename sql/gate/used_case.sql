-- writes: gate.used_case (view)
-- reads: staging.report, gate.used_file
-- params: none
-- grain: moment (of gate.used_file), source and case that it then has
-- A case is deleted in every source of its authority, and nullified in a source by its newest
-- version there. What was received by when is not asked: the count is of files, not of a date.
with version as (
    select
        u.moment, r.source, r.authority, r.source_case_id, r.action, r.version, r.receipt_date,
        r.source_report_id, r.file_id, r.line
    from staging.report r
    join gate.used_file u using (file_id)
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
