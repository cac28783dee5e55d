-- writes: main.permutation_null (view)
-- reads: mart.permutation_null
-- params: none
-- grain: kind of permutation
-- How many pairs of advanced therapies are called pooled only when the countries or the links
-- between products and events are permuted, beside the number observed: an upper bound of
-- what chance alone would give
select *
from mart.permutation_null
