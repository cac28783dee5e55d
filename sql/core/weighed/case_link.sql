-- writes: work.case_link
-- reads: work.key_link, work.probable_pair, work.decided_pair
-- params: none
-- grain: two cases that are linked, or possibly one, at some look
select case_id, first_case_id as other_case_id
from key_link
union
select case_id, other_case_id
from probable_pair
union
select case_id, other_case_id
from decided_pair
where decision = 'confirm'
