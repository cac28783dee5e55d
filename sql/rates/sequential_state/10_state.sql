-- temporary chain_state. grain: one row per key of look_key: its last chain and last look, if any
-- params: none. reads look_key(key_no, product, event, event_kind, latency_window, country)
create or replace temp table chain_state as
with last_chain as (
    select product, event, event_kind, latency_window, country, max(chain_no) as chain_no
    from ops.alpha_ledger
    group by product, event, event_kind, latency_window, country
),
chain as (
    select l.*
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
        max(as_of) as as_of,
        arg_max(n_seen, as_of) as n_seen,
        arg_max(expected_seen, as_of) as expected_seen
    from ops.sequential_look
    group by product, event, event_kind, latency_window, country
),
final as (
    select
        k.key_no,
        coalesce(c.chain_no, 0) as chain_no,
        coalesce(c.chain_status, 'none') as chain_status,
        coalesce(c.horizon, 0) as horizon,
        coalesce(c.minimum_events, 0) as minimum_events,
        coalesce(c.delay, 0) as delay,
        coalesce(c.alpha, 0) as alpha,
        coalesce(c.alpha_spent, 0) as alpha_spent,
        coalesce(c.critical_value, 0) as critical_value,
        coalesce(c.n_start, 0) as n_start,
        coalesce(c.expected_start, 0) as expected_start,
        coalesce(c.opened_on, date '0001-01-01') as opened_on,
        coalesce(l.as_of, date '0001-01-01') as last_look,
        coalesce(l.n_seen, 0) as n_seen,
        coalesce(l.expected_seen, 0) as expected_seen
    from look_key as k
    left join chain as c using (product, event, event_kind, latency_window, country)
    left join last_look as l using (product, event, event_kind, latency_window, country)
)
select *
from final
order by key_no
