-- writes: work.look (view)
-- reads: core.look
-- params: none
-- grain: look
select look_no, as_of, is_regular
from core.look
