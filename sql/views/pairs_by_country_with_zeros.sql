-- writes: main.pairs_by_country_with_zeros (view)
-- reads: mart.pair, mart.product_margin, mart.event_margin, mart.country_margin, mart.pair_country,
--   mart.product_period_margin, mart.event_period_margin, mart.period_margin
-- params: none
-- grain: product, event and country where both occur
-- As pairs_by_country, with the countries where both occur but never in one case: these add
-- expectation. Filter by product and event
select
    p.product, e.event, e.event_kind, k.stratum as country, k.is_country, k.region,
    coalesce(c.a, 0) as a,
    p.n_product - coalesce(c.a, 0) as b,
    e.n_event - coalesce(c.a, 0) as c,
    k.n_cases - p.n_product - e.n_event + coalesce(c.a, 0) as d,
    coalesce((
        select sum(x.n_product * y.n_event / z.n_cases)
        from mart.product_period_margin x
        join mart.event_period_margin y using (stratum, receipt_period)
        join mart.period_margin z using (stratum, receipt_period)
        where x.product = q.product and y.event = q.event and y.event_kind = q.event_kind
            and x.stratum = p.stratum
    ), 0) as expected,
    log2((c.a + 0.5) / (c.expected + 0.5)) as ic, c.ic025, c.ic975,
    c.ror, c.ror025, c.ror975, coalesce(c.flagged, false) as flagged
from mart.pair q
join mart.product_margin p on p.product = q.product
join mart.event_margin e
    on e.event = q.event and e.event_kind = q.event_kind and e.stratum = p.stratum
join mart.country_margin k on k.stratum = p.stratum
left join mart.pair_country c
    on c.product = q.product and c.event = q.event and c.event_kind = q.event_kind
    and c.country = p.stratum
