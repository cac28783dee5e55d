-- writes: core.case_key
-- reads: staging.report, core.case_key
-- params: none
-- grain: case ever seen: the registry that keeps case_id stable
-- Append-only: a case keeps its case_id for ever, whatever arrives later.
with reported as (
    select distinct authority, source_case_id
    from staging.report
    where action <> 'delete'
),
fresh as (
    select r.authority, r.source_case_id
    from reported r
    anti join core.case_key k using (authority, source_case_id)
)
select
    (select coalesce(max(case_id), 0) from core.case_key)
        + row_number() over (order by authority, source_case_id) as case_id,
    authority, source_case_id
from fresh
