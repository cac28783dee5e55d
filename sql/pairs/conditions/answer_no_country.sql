-- writes: work.answer_no_country
-- reads: work.asked_pair, work.product_code, work.event_code, mart.pair, mart.pair_country,
--   mart.first_flag, work.pair_spread
-- params: none
-- grain: pair of which the condition no_country is asked
-- A country that flags now decides for every pair. One that flagged at an earlier look, with what was
-- known then, decides where the pool flags: then it was not the pool alone that could see it.
with now as (
    select product, event, event_kind, list(country order by country) as countries
    from mart.pair_country
    where is_country and flagged
    group by product, event, event_kind
),
earlier as (
    select
        product, event, event_kind, list(country order by country) as countries,
        min(first_flagged) as first_flagged
    from mart.first_flag
    where country <> 'all'
    group by product, event, event_kind
),
found as (
    select
        a.product_no, a.event_no, p.flagged, n.countries as now,
        if(n.countries is null and p.flagged, w.countries, null) as earlier,
        if(n.countries is null and p.flagged, w.first_flagged, null) as first_flagged,
        k.n_countries, k.top_country, k.top_n / p.n as top_share
    from asked_pair a
    join product_code c using (product_no)
    join event_code e using (event_no)
    join mart.pair p
        on p.product = c.product and p.event = e.event and p.event_kind = e.event_kind
    left join now n
        on n.product = p.product and n.event = p.event and n.event_kind = p.event_kind
    left join earlier w
        on w.product = p.product and w.event = p.event and w.event_kind = p.event_kind
    left join pair_spread k
        on k.product = p.product and k.event = p.event and k.event_kind = p.event_kind
)
select
    product_no, event_no,
    coalesce(now, earlier) is null as holds,
    to_json({countries: coalesce(now, earlier, []), first_flagged: first_flagged}) as evidence,
    case
        when now is not null then format(
            'Flags in {} alone{}.', array_to_string(now, ', '),
            if(flagged, ', and in the pool', ', though the pool does not flag'))
        when earlier is not null then format(
            'The pool flags it and no country does now, but with what was known then {} alone '
            || 'would have flagged by {}.', array_to_string(earlier, ', '), first_flagged)
        when n_countries > 0 then format(
            'No country flags on its own: {} countries share the cases, the most in {} ({:.0f}%).',
            n_countries, top_country, 100 * top_share)
    end as reason
from found
order by product_no, event_no
