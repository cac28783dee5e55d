-- writes: nothing
-- reads: mart.list_error
-- params: none
-- grain: list to which broken links bring more than is expected by chance; none is right
-- A figure and no fault of the data: a night says so and publishes, since the next would find it too.
select family, list, permutation_mean, expected_false
from mart.list_error
where permutation_exceeds
order by family, list
