-- writes: work.sequential_standing
-- reads: ops.alpha_ledger, ops.sequential_look
-- params: $as_of
-- grain: key of the ledger that had a test by $as_of
-- The last test of the key's standing sequence, as it stood then: what was looked at later is
-- unknown.
with last_test as (
    select *
    from ops.alpha_ledger
    where opened_on <= $as_of::date and taken_back_on is null
    qualify chain_no = max(chain_no) over (
        partition by product, event, event_kind, latency_window, country
    )
),
last_seen as (
    select
        product, event, event_kind, latency_window, country, sequence_no,
        max(as_of) as last_look,
        arg_max(n_seen, as_of) as n_seen,
        arg_max(expected_seen, as_of) as expected_seen,
        arg_max(llr, as_of) filter (where llr is not null) as llr
    from ops.sequential_look
    where as_of <= $as_of::date
    group by product, event, event_kind, latency_window, country, sequence_no
),
standing as (
    select *, coalesce(closed_on <= $as_of::date, false) as closed
    from last_test
    join last_seen using (product, event, event_kind, latency_window, country, sequence_no)
)
select
    product, event, event_kind, latency_window, country, chain_no,
    if(closed, chain_status, 'open') as chain_status,
    if(closed and chain_status = 'signalled', closed_on, null) as signalled_on,
    if(closed, n_at_signal, null) as n_at_signal,
    if(closed, expected_at_signal, null) as expected_at_signal,
    last_look,
    greatest(n_seen - n_start, 0) as n,
    expected_seen - expected_start as expected,
    llr, critical_value, horizon, minimum_events, alpha, alpha_spent
from standing
order by product, event, event_kind, latency_window, country
