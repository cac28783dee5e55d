-- writes: main.placebo (view)
-- reads: mart.permutation_null
-- params: none
-- grain: kind of permutation
-- Former name of permutation_null, for one version.
select permutation as placebo_kind, * exclude (permutation)
from mart.permutation_null
