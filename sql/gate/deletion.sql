-- writes: gate.deletion (view)
-- reads: staging.report, gate.new_file, gate.used_case
-- params: none
-- grain: list of deleted cases, and source of which it deletes cases
with named as (
    select distinct r.file_id, r.authority, r.source_case_id
    from staging.report r
    semi join gate.new_file n using (file_id)
    where r.action = 'delete'
),
before as (
    from gate.used_case
    where moment = 'before'
),
size as (
    select source, count(*) as cases
    from before
    group by source
)
select n.file_id, source, count(*) as cases_deleted, any_value(s.cases) as cases
from before b
join named n using (authority, source_case_id)
join size s using (source)
group by n.file_id, source
