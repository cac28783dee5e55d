-- writes: core.earlier_case
-- reads: work.counted_version, work.current_version
-- params: none
-- grain: version of a case that counted at an earlier look only
select
    c.validity_id, c.case_id, coalesce(v.first_receipt_date, v.receipt_date) as first_receipt_date,
    v.receipt_date, v.country, v.region, v.stratum, v.sex, v.age_years, v.event_date,
    v.event_date_precision
from counted_version c
join current_version v using (version_no)
where not c.is_own
order by c.validity_id
