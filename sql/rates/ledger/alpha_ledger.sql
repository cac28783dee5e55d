-- writes: ops.alpha_ledger (by key)
-- reads: work.new_test, work.tested, work.sequential_state
-- params: $design, $design_version
-- grain: sequential test of product, event, window and country ('all': the pool)
-- Tests that were opened or closed. One that closes replaces its open row; its design stays that of
-- the night that opened it.
select
    k.product, k.event, k.event_kind, k.latency_window, k.country, s.sequence_no, t.chain_no,
    t.opened_on,
    t.horizon, t.minimum_events, t.delay, t.alpha, t.alpha_spent, t.critical_value, t.chain_status,
    t.closed_on, t.n_at_signal, t.expected_at_signal, t.n_start, t.expected_start,
    if(t.chain_no = s.chain_no, s.design, $design) as design,
    if(t.chain_no = s.chain_no, s.design_version, $design_version) as design_version,
    s.late_alpha, s.late_windows, null::date as taken_back_on, null::varchar as taken_back_why
from new_test as t
join tested as k using (tested_no)
join sequential_state as s using (tested_no)
order by k.product, k.event, k.event_kind, k.latency_window, k.country, t.chain_no
