-- writes: main.files (view)
-- reads: ops.source_file
-- params: none
-- grain: file received (or missing from a delivery)
-- Every file received: rows_read = rows_kept + rows_quarantined, and what was wrong
select *
from ops.source_file
