-- writes: ops.sequential_look
-- reads: work.new_look, work.tested, work.sequential_state, work.present_look
-- params: none
-- grain: look of a sequential test, as it was known then; only ever added to
select
    k.product, k.event, k.event_kind, k.latency_window, k.country, s.sequence_no, l.chain_no,
    l.as_of, l.n_seen, p.n_reported, l.expected_seen, l.llr, l.signal
from new_look as l
join tested as k using (tested_no)
join sequential_state as s using (tested_no)
join present_look as p on p.tested_no = l.tested_no and p.as_of = l.as_of
order by k.product, k.event, k.event_kind, k.latency_window, k.country, l.as_of
