-- writes: main.list_error (view)
-- reads: mart.list_error
-- params: none
-- grain: family of the products in scope and list
-- How many pairs of each list chance alone is expected to bring, beside the pairs on it and what
-- broken links bring
select *
from mart.list_error
order by family, list
