-- writes: main.rates (view)
-- reads: mart.rate
-- params: none
-- grain: product and event with known exposure, by country and pooled
-- Reports per 1,000 patients treated where exposure is known: a lower bound of the risk
select *
from mart.rate
