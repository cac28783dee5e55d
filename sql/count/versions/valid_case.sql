-- writes: work.valid_case
-- reads: core.case, core.case_validity, core.earlier_case, work.valid_stratum,
--   work.receipt_quarter, work.period
-- params: none
-- grain: version of a case and stretch of looks at which it counts
-- Masters of duplicate groups count. A row counts at the looks valid_from_look <= look_no < valid_to_look: just
-- what a night of that look's date would have counted.
with version as (
    select
        case_id as validity_id, stratum, first_receipt_date, receipt_date, sex, age_years, event_date,
        event_date_precision
    from core.case
    union all
    select
        validity_id, stratum, first_receipt_date, receipt_date, sex, age_years, event_date,
        event_date_precision
    from core.earlier_case
)
select
    s.validity_id, s.case_id, t.stratum_no, p.period_no, s.valid_from_look, s.valid_to_look,
    v.first_receipt_date, v.receipt_date, v.sex, v.age_years, v.event_date, v.event_date_precision
from core.case_validity s
join version v using (validity_id)
join valid_stratum t using (stratum)
join receipt_quarter q
    on q.stratum_no = t.stratum_no
    and q.quarter_no = year(least(v.first_receipt_date, v.receipt_date)) * 4
        + quarter(least(v.first_receipt_date, v.receipt_date)) - 1
join period p on p.stratum_no = q.stratum_no and p.receipt_period = q.receipt_period
