-- writes: work.noted_signal
-- reads: mart.signal, mart.rate_window, mart.pair, ops.decision
-- params: none
-- grain: signal of the night, or pair that was ever decided on
with rated as (
    select distinct product, event, event_kind
    from mart.rate_window
    where country = 'all' and state = 'signal'
),
noted as (
    select product, event, event_kind
    from mart.signal
    where headline or (verdict <> 'not_flagged' and atmp_class <> 'none')
    union
    select product, event, event_kind
    from rated
    union
    select product, event, event_kind
    from ops.decision
)
select
    w.product, w.event, w.event_kind, s.headline, r.product is not null as rate_signal,
    coalesce(p.n, 0) as n
from noted w
left join mart.signal s using (product, event, event_kind)
left join mart.pair p using (product, event, event_kind)
left join rated r using (product, event, event_kind)
