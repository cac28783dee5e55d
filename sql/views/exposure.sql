-- writes: main.exposure (view)
-- reads: core.exposure
-- params: none
-- grain: product, country and period with the patients treated
-- Patients treated by product, country and period; WORLD contains the countries
select *
from core.exposure
order by product, country, period_start
