-- writes: work.pair_verdict
-- reads: work.asked_pair, work.product_code, work.event_code, work.verdict_requirement,
--   mart.signal_condition
-- params: none
-- grain: pair of which the conditions are asked
-- The verdict of the registry's first clause none of whose requirements is answered otherwise. If one of them
-- is not answered at all, nobody knows whether the verdict applies: an error.
with weighed as (
    select
        p.product, e.event, e.event_kind, r.verdict_place, r.verdict,
        coalesce(bool_or(c.holds <> r.holds), false) as excluded,
        list(r.condition order by r.condition_place) filter (where c.holds is null) as unanswered
    from asked_pair a
    join product_code p using (product_no)
    join event_code e using (event_no)
    cross join verdict_requirement r
    left join mart.signal_condition c
        on c.product = p.product and c.event = e.event and c.event_kind = e.event_kind
        and c.condition = r.condition
    group by p.product, e.event, e.event_kind, r.verdict_place, r.verdict
),
decided as (
    select
        product, event, event_kind,
        arg_min(
            {verdict: verdict, place: verdict_place, unanswered: unanswered}, verdict_place
        )
            filter (where not excluded) as first
    from weighed
    group by product, event, event_kind
)
select
    product, event, event_kind,
    case
        when first is null then error(format('no verdict for {} / {}', product, event))
        when len(first.unanswered) > 0 then error(format(
            '{} / {} ({}): no answer to the condition {}', product, event, event_kind,
            array_to_string(first.unanswered, ', ')))
        else first.verdict
    end as verdict,
    first.place as verdict_place
from decided
