-- writes: ops.sequential_look
-- reads: work.new_look, work.tested
-- params: none
-- grain: look of a sequential test, as it was known then; only ever added to
select
    k.product, k.event, k.event_kind, k.latency_window, k.country, l.chain_no, l.as_of, l.n_seen,
    l.expected_seen, l.llr, l.signal
from new_look as l
join tested as k using (tested_no)
order by k.product, k.event, k.event_kind, k.latency_window, k.country, l.as_of
