-- writes: nothing
-- reads: core.product
-- params: none
-- grain: advanced therapy
-- The advanced therapies and their names
select *
from core.product
