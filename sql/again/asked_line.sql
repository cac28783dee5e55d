-- writes: work.asked_line
-- reads: ops.quarantine, ops.source_file
-- params: $rule
-- grain: line in quarantine that a person wants judged again
-- It broke $rule, or any rule. A file that failed as a whole comes back as a whole,
-- unless another of its name is in use. A line that could not be read has no rows of staging.
with whole as (
    select file_id, line, bool_or($rule = 'all' or rule = $rule) as is_asked
    from ops.quarantine
    where len(list_filter(json_keys(row), lambda name: starts_with(name, 'staging.'))) > 0
    group by file_id, line
),
of_file as (
    select *, bool_or(is_asked) over (partition by file_id) as is_any_asked
    from whole
)
select w.file_id, w.line
from of_file w
join ops.source_file f using (file_id)
where (f.status = 'ok' and w.is_asked)
    or (
        f.status = 'failed' and w.is_any_asked
        and not exists (
            select 1
            from ops.source_file o
            where o.source = f.source and o.name = f.name and o.status in ('loaded', 'ok')
        )
    )
