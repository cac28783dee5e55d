-- ops.quarantine. grain: one row per row that could not be parted into fields.
-- params: $source, $file_id, $name
insert into ops.quarantine by name
select
    $source as source, $file_id as file_id, $name as name, line,
    'field_count' as rule, problem as reason, null::json as row
from raw_frame
where problem is not null;
