-- writes: work.candidate_pair
-- reads: work.block_member
-- params: none
-- grain: two versions of two cases that are compared, and stretch of looks at which they are
select distinct
    a.version_no, b.version_no as other_version_no,
    greatest(a.valid_from_look, b.valid_from_look) as valid_from_look,
    least(a.valid_to_look, b.valid_to_look) as valid_to_look
from block_member a
join block_member b
    on b.block = a.block and b.case_id > a.case_id and b.valid_from_look < a.valid_to_look
    and b.valid_to_look > a.valid_from_look
