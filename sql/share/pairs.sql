-- writes: nothing
-- reads: mart.pair
-- params: none
-- grain: product and event with at least one case of both, all strata pooled
-- Each pair over all countries. Left out is what follows from single countries: the statistics
-- pooled by Mantel and Haenszel, homogeneity and fragility
select
    product, event, event_kind, n, n_product, n_event, n_cases, expected, ic, ic025, ic975, rrr,
    ebgm, eb05, eb95, bh_midp, flagged
from mart.pair
