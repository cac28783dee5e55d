-- writes: gate.new_file (view)
-- reads: ops.source_file, ops.acceptance, gate.published, gate.replaced
-- params: none
-- grain: file that came since the last published night and may be held
-- What was published before is read again after the loss of the warehouse: it is not new.
select f.file_id, f.source, f.name, f.release, f.rows_kept
from ops.source_file f
anti join gate.published p using (source, name, sha256)
anti join ops.acceptance a using (source, name, sha256)
where f.status = 'loaded'
   or (f.status = 'same_as' and f.file_id in (select by_file_id from gate.replaced))
