-- writes: work.noted_decision
-- reads: work.noted_signal, mart.signal, ops.decision
-- params: none
-- grain: noted pair and the decision that holds for it
-- The last decision of the pair itself. What a person decided does not go unseen when the next night
-- shows the same cases under another event: a headline without a decision has the last one of a pair
-- of its product that stands under it.
with last as (
    select
        product, event, event_kind, max(decision_no) as decision_no
    from ops.decision
    group by product, event, event_kind
),
own as (
    select w.product, w.event, w.event_kind, l.decision_no, null::varchar as decided_event
    from noted_signal w
    join last l using (product, event, event_kind)
),
folded as (
    select
        s.headline_product as product, s.headline_event as event, s.headline_event_kind as event_kind,
        max(l.decision_no) as decision_no, arg_max(l.event, l.decision_no) as decided_event
    from last l
    join mart.signal s using (product, event, event_kind)
    where not s.headline and s.headline_product = s.product
    group by s.headline_product, s.headline_event, s.headline_event_kind
)
select *
from own
union all by name
select f.*
from folded f
anti join own o using (product, event, event_kind)
