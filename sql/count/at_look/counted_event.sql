-- writes: work.counted_event (view)
-- reads: work.valid_event, work.counted_stratum, work.this_look
-- params: none
-- grain: case that counts at this look and event or event group
select
    v.validity_id, v.case_id, s.stratum_no, v.period_no, v.event_no, v.valid_from_look, v.valid_to_look
from valid_event v
join counted_stratum s on s.valid_stratum_no = v.stratum_no
where v.valid_from_look <= (select look_no from this_look)
    and v.valid_to_look > (select look_no from this_look)
