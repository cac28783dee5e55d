-- writes: gate.exposure_fall (view)
-- reads: gate.exposure_claim
-- params: none
-- grain: line of an exposure file whose total is below one to an earlier day
select file_id, line
from gate.exposure_claim
where is_total
qualify cumulative < max(cumulative) over (
    partition by product, country
    order by period_end
    range between unbounded preceding and interval 1 day preceding
)
