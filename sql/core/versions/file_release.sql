-- writes: work.file_release
-- reads: ops.source_file
-- params: none
-- grain: file
-- What belongs to a report came in the same delivery, whatever the file: release_no tells.
select file_id, dense_rank() over (order by source, release) as release_no
from ops.source_file
