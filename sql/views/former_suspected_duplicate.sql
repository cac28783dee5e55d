-- writes: mart.suspected_duplicate (view)
-- reads: mart.possible_duplicate
-- params: none
-- grain: pair and two of its cases that may be the same one
-- Former name of mart.possible_duplicate, for one version.
select *
from mart.possible_duplicate
