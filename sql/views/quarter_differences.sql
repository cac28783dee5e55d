-- writes: main.quarter_differences (view)
-- reads: core.quarter_difference
-- params: none
-- grain: FAERS quarter and figure that is not as the facts say
-- FAERS quarters whose rows or bytes are not those of quarter_facts.csv
select *
from core.quarter_difference
