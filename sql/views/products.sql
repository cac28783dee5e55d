-- writes: main.products (view)
-- reads: core.product
-- params: none
-- grain: advanced therapy
-- Advanced therapies that are recognised
select *
from core.product
