-- Why: a file says the last day on which its reports can have been received, and how far they move
-- the data lock point. A row in quarantine is its whole line, so that it can be judged again.
alter table ops.source_file add column latest_receipt date;
alter table ops.source_file add column lock_point_until date;
update ops.source_file
set latest_receipt = last_day(
    make_date(substr(release, 1, 4)::integer, 3 * substr(release, 6, 1)::integer, 1)
)
where source = 'faers' and regexp_matches(release, '^[0-9]{4}Q[1-4]/');
-- Of a line of a workbook one row in several was kept: such a row stays as it is.
update ops.quarantine as q
set row = json_object(f.staging_table, json_array(q.row))
from ops.source_file as f
where f.file_id = q.file_id
    and json_exists(q.row, '$.file_id')
    and f.source <> 'faers_dashboard';
