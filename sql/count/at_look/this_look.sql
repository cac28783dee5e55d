-- writes: work.this_look
-- reads: core.look
-- params: $look_no
-- grain: run: the look that is counted
select look_no, as_of
from core.look
where look_no = $look_no
