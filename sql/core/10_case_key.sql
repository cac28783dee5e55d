-- core.case_key. grain: one row per case ever seen. params: none
-- Append-only: a case keeps its case_id for ever, whatever arrives later.
insert into core.case_key
with reported as (
    select distinct authority, source_case_id
    from staging.report
    where action <> 'delete'
),
fresh as (
    select r.authority, r.source_case_id
    from reported r
    anti join core.case_key k using (authority, source_case_id)
),
final as (
    select
        (select coalesce(max(case_id), 0) from core.case_key)
            + row_number() over (order by authority, source_case_id) as case_id,
        authority,
        source_case_id
    from fresh
)
select * from final;
