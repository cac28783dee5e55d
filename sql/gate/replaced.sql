-- writes: gate.replaced (view)
-- reads: ops.source_file
-- params: none
-- grain: file in use, and the file that came with other bytes under its name
-- The earlier one stays in use until the gate has judged the later one. Another issue of a source
-- that is re-issued whole replaces none: what was known before stays known.
select old.file_id, old.sha256, old.rows_read, old.rows_kept, new.file_id as by_file_id
from ops.source_file old
join ops.source_file new using (source, name)
where old.status in ('ok', 'unread') and new.status in ('loaded', 'same_as')
  and old.issued_on is not distinct from new.issued_on
