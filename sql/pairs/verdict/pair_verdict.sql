-- writes: work.pair_verdict
-- reads: work.asked_pair, work.product_code, work.event_code, work.verdict_requirement,
--   work.pair_answer
-- params: none
-- grain: pair of which the conditions are asked
-- The verdict of the registry's first clause none of whose requirements is answered otherwise. If one of them
-- is not answered at all, nobody knows whether the verdict applies: an error.
with weighed as (
    select
        a.product_no, a.event_no, r.verdict_place, r.verdict,
        coalesce(bool_or(c.holds <> r.holds), false) as excluded,
        list(r.condition) filter (where c.holds is null) as unanswered
    from asked_pair a
    cross join verdict_requirement r
    left join pair_answer c
        on c.product_no = a.product_no and c.event_no = a.event_no and c.condition = r.condition
    group by a.product_no, a.event_no, r.verdict_place, r.verdict
),
decided as (
    select
        product_no, event_no,
        arg_min(
            {verdict: verdict, place: verdict_place, unanswered: unanswered}, verdict_place
        )
            filter (where not excluded) as first
    from weighed
    group by product_no, event_no
)
select
    p.product, e.event, e.event_kind,
    case
        when first is null then error(format('no verdict for {} / {}', p.product, e.event))
        when len(first.unanswered) > 0 then error(format(
            '{} / {} ({}): no answer to the condition {}', p.product, e.event, e.event_kind,
            array_to_string(list_sort(first.unanswered), ', ')))
        else first.verdict
    end as verdict,
    first.place as verdict_place
from decided
join product_code p using (product_no)
join event_code e using (event_no)
