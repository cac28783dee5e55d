-- writes: core.quarter_difference
-- reads: ops.source_file, work.quarter_fact
-- params: none
-- grain: FAERS quarter and figure that is not as the facts say
-- FDA issues quarters anew without a word: other rows or bytes than others counted are told.
with file as (
    select
        split_part(release, '/', 1) as quarter, staging_table, rows_read,
        split_part(release, '/', 2) as container, bytes
    from ops.source_file
    where source = 'faers' and status in ('ok', 'loaded') and not contains(lower(name), 'delete')
),
found as (
    select quarter, staging_table, sum(rows_read)::bigint as found
    from file
    group by quarter, staging_table
    union all
    select quarter, null, max(bytes)
    from file
    where ends_with(lower(container), '.zip')
    group by quarter
)
select k.quarter, k.figure, f.found, k.stated, k.reference
from quarter_fact k
join found f on f.quarter = k.quarter and f.staging_table is not distinct from k.staging_table
where f.found <> k.stated
order by k.quarter, k.figure
