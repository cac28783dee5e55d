-- writes: work.spanned_case
-- reads: core.case, core.case_span, core.earlier_case, work.spanned_stratum
-- params: none
-- grain: version of a case and stretch of looks at which it counts
-- Masters of duplicate groups count. A row counts at the looks from_look <= look_no < to_look: just
-- what a night of that look's date would have counted.
with version as (
    select
        case_id as draft_id, stratum, first_receipt_date, receipt_date, sex, age_years, event_date,
        event_date_precision
    from core.case
    union all
    select
        draft_id, stratum, first_receipt_date, receipt_date, sex, age_years, event_date,
        event_date_precision
    from core.earlier_case
)
select
    s.draft_id, s.case_id, t.stratum_no, s.from_look, s.to_look,
    v.first_receipt_date, v.receipt_date, v.sex, v.age_years, v.event_date, v.event_date_precision
from core.case_span s
join version v using (draft_id)
join spanned_stratum t using (stratum)
