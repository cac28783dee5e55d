-- writes: main.pairs (view)
-- reads: mart.pair, mart.pair_seriousness
-- params: none
-- grain: product and event with at least one case of both
-- Product and event with at least one case of both: how many are new, serious, fatal; stratified
-- statistics, crude ones beside them
select p.product, p.event, p.event_kind, p.n, s.n_new_cases, s.n_serious, s.n_fatal, s.n_fatal_new,
    p.* exclude (product, event, event_kind, n)
from mart.pair p
left join mart.pair_seriousness s using (product, event, event_kind)
