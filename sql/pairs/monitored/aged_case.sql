-- writes: work.aged_case (view)
-- reads: work.counted_case
-- params: none
-- grain: case that counts and whose age is known
-- Children are under 18, the elderly 65 and more, as in the agencies' reports.
select
    case_id, period_no,
    case
        when age_years < 18 then 'paediatric'
        when age_years >= 65 then 'geriatric'
        else 'adult'
    end as age_group
from counted_case
where age_years is not null
