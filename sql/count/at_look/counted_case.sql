-- writes: work.counted_case (view)
-- reads: work.spanned_case, work.counted_stratum, work.this_look
-- params: none
-- grain: case that counts at this look
select v.* replace (s.stratum_no as stratum_no)
from spanned_case v
join counted_stratum s on s.spanned_no = v.stratum_no
where v.from_look <= (select look_no from this_look)
    and v.to_look > (select look_no from this_look)
