-- writes: main.power (view)
-- reads: mart.power
-- params: none
-- grain: advanced therapy, event, latency window and country
-- What each latency window can show: probability of detection, detectable rate ratio, patients
-- and person-years needed
select *
from mart.power
