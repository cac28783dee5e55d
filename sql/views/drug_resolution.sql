-- writes: main.drug_resolution (view)
-- reads: core.drug_resolution
-- params: none
-- grain: source
-- How many of each source's drug rows were led to a known ingredient
select *
from core.drug_resolution
