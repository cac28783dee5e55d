-- temporary chain_state. grain: one row per key of look_key: its last chain and last look, if any,
-- and the alpha with which a first chain opens. params: $alpha, $late_windows (those of the plan
-- that share one alpha). reads look_key(key_no, product, event, event_kind, latency_window, country)
-- The first late window to open fixes the alpha of all of its product, event and country, and the
-- equal parts of the windows that are planned then. A window that is planned later has what is left
-- beside the parts of those that are still to open, and counts nothing that was seen before.
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
first_chain as (
    select
        product,
        event,
        event_kind,
        country,
        any_value(late_alpha) as late_alpha,
        any_value(late_windows) as late_windows,
        sum(alpha) filter (late_windows is not null) as given,
        list(latency_window) as opened
    from ops.alpha_ledger
    where chain_no = 1
    group by product, event, event_kind, country
),
shared as (
    select
        product,
        event,
        event_kind,
        country,
        late_alpha,
        late_windows,
        late_alpha / len(late_windows) as part,
        -- Below the rounding of a sum nothing is left.
        if(late_alpha - given > 1e-9, late_alpha - given, 0) as unspent,
        len(list_filter(
            late_windows,
            lambda w: list_contains($late_windows, w) and not list_contains(opened, w)
        )) as awaited,
        len(list_filter(
            $late_windows::varchar[],
            lambda w: not list_contains(late_windows, w) and not list_contains(opened, w)
        )) as added
    from first_chain
    where late_windows is not null
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
        coalesce(l.n_seen, 0) as n_seen,
        coalesce(l.expected_seen, 0) as expected_seen,
        list_contains($late_windows, k.latency_window) as is_late,
        coalesce(is_late and not list_contains(s.late_windows, k.latency_window), false) as is_added,
        coalesce(
            l.as_of,
            if(is_added, (select max(as_of) from ops.sequential_look), null),
            date '0001-01-01'
        ) as seen_until,
        case
            when c.chain_no is not null then c.alpha * power(2, c.chain_no - 1)
            when not is_late then $alpha
            when s.part is null then $alpha / len($late_windows)
            when is_added
                then if(s.unspent - s.awaited * s.part > 1e-9, s.unspent - s.awaited * s.part, 0)
                    / s.added
            else least(s.part, s.unspent / s.awaited)
        end as first_alpha,
        case
            when c.chain_no is not null then c.late_alpha
            when is_late then coalesce(s.late_alpha, $alpha)
        end as late_alpha,
        case
            when c.chain_no is not null then c.late_windows
            when is_late then coalesce(s.late_windows, $late_windows::varchar[])
        end as late_windows
    from look_key as k
    left join chain as c using (product, event, event_kind, latency_window, country)
    left join last_look as l using (product, event, event_kind, latency_window, country)
    left join shared as s using (product, event, event_kind, country)
)
select *
from final
order by key_no
