-- writes: work.key_link
-- reads: work.key_member
-- params: none
-- grain: case and the first case that shares a key with it at some look
select distinct case_id, first_case_id
from key_member
