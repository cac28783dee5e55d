-- writes: work.counted_case (view)
-- reads: work.valid_case, work.counted_stratum, work.this_look
-- params: none
-- grain: case that counts at this look
select
    v.validity_id, v.case_id, s.stratum_no, v.period_no, v.valid_from_look, v.valid_to_look,
    v.first_receipt_date, v.receipt_date, v.sex, v.age_years, v.event_date, v.event_date_precision
from valid_case v
join counted_stratum s on s.valid_stratum_no = v.stratum_no
where v.valid_from_look <= (select look_no from this_look)
    and v.valid_to_look > (select look_no from this_look)
