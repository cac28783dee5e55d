-- writes: main.reissues (view)
-- reads: ops.reissue
-- params: none
-- grain: file that came again with other bytes under its name
-- Files that came again with other bytes: rows before and after, cases added, withdrawn, changed
select *
from ops.reissue
order by new_file_id desc
