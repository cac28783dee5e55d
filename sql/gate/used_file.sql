-- writes: gate.used_file (view)
-- reads: ops.source_file, gate.published, gate.replaced, gate.new_file
-- params: none
-- grain: moment and file whose rows are in use then
-- before: as the night begins. without: after it, if all that may be held were. after: after it.
select file_id, 'before' as moment
from ops.source_file
where status = 'ok'
   or (
        status = 'loaded'
        and (source, name, sha256) in (select (source, name, sha256) from gate.published)
   )
union all
select file_id, 'without'
from ops.source_file
where status in ('ok', 'loaded')
  and file_id not in (select file_id from gate.new_file)
  and file_id not in (
        select file_id
        from gate.replaced
        where by_file_id not in (select file_id from gate.new_file)
  )
union all
select file_id, 'after'
from ops.source_file
where status in ('ok', 'loaded') and file_id not in (select file_id from gate.replaced)
