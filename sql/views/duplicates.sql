-- writes: main.duplicates (view)
-- reads: core.duplicate_link
-- params: none
-- grain: two cases that are linked, possibly one, or decided by a person
-- Each pair with the weight of each field, in bits
select *
from core.duplicate_link
