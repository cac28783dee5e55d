-- writes: main.cases (view)
-- reads: core.case
-- params: none
-- grain: case that counts
-- Cases that count (one per duplicate group); with the duplicates: core.case
select *
from core.case
where is_master
