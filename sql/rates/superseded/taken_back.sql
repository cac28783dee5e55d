-- writes: work.taken_back
-- reads: work.superseded, ops.alpha_ledger
-- params: $as_of
-- grain: row of ops.alpha_ledger that is taken back
select a.* replace ($as_of::date as taken_back_on, s.taken_back_why as taken_back_why)
from ops.alpha_ledger a
join superseded s
    using (product, event, event_kind, latency_window, country, sequence_no)
order by
    a.product, a.event, a.event_kind, a.latency_window, a.country, a.sequence_no, a.chain_no
