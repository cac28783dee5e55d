-- temporary chain_result. grain: one row per key of the ledger that had a chain by $as_of
-- params: $as_of. The last chain of the key as it stood then: what was looked at later is unknown.
create or replace temp table chain_result as
with last_chain as (
    select product, event, event_kind, latency_window, country, max(chain_no) as chain_no
    from ops.alpha_ledger
    where opened_on <= $as_of::date
    group by product, event, event_kind, latency_window, country
),
chain as (
    select l.*, coalesce(l.closed_on <= $as_of::date, false) as closed
    from ops.alpha_ledger as l
    join last_chain using (product, event, event_kind, latency_window, country, chain_no)
),
last_look as (
    select
        product,
        event,
        event_kind,
        latency_window,
        country,
        max(as_of) as last_look,
        arg_max(n_seen, as_of) as n_seen,
        arg_max(expected_seen, as_of) as expected_seen,
        arg_max(llr, as_of) filter (where llr is not null) as llr
    from ops.sequential_look
    where as_of <= $as_of::date
    group by product, event, event_kind, latency_window, country
),
final as (
    select
        product,
        event,
        event_kind,
        latency_window,
        country,
        c.chain_no,
        if(c.closed, c.chain_status, 'open') as chain_status,
        if(c.closed and c.chain_status = 'signalled', c.closed_on, null) as signalled_on,
        if(c.closed, c.n_at_signal, null)::double as n_at_signal,
        if(c.closed, c.expected_at_signal, null) as expected_at_signal,
        l.last_look,
        greatest(l.n_seen - c.n_start, 0)::double as n,
        l.expected_seen - c.expected_start as expected,
        l.llr,
        c.critical_value,
        c.horizon,
        c.minimum_events,
        c.alpha,
        c.alpha_spent
    from chain as c
    join last_look as l using (product, event, event_kind, latency_window, country)
)
select *
from final
order by product, event, event_kind, latency_window, country
