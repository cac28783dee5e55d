-- ops.sequential_look. grain: one row per key and look; only ever added to. params: none
-- reads look_key and walked_look (columns of the new looks by key_no)
insert into ops.sequential_look by name
select
    k.product,
    k.event,
    k.event_kind,
    k.latency_window,
    k.country,
    w.chain_no::integer as chain_no,
    w.as_of::date as as_of,
    w.n_seen::bigint as n_seen,
    w.expected_seen,
    w.llr,
    w.signal
from walked_look as w
join look_key as k using (key_no)
order by k.product, k.event, k.event_kind, k.latency_window, k.country, as_of
