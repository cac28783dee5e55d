-- writes: work.answer_indication
-- reads: work.asked_pair, work.pair_indication, work.product_code, work.event_code, mart.pair
-- params: none
-- grain: pair of which the condition indication is asked
-- What a product is given for is reported with it, and is no effect of it.
with found as (
    select a.product_no, a.event_no, p.n, coalesce(i.n_indication, 0) as n_indication
    from asked_pair a
    join product_code c using (product_no)
    join event_code e using (event_no)
    join mart.pair p
        on p.product = c.product and p.event = e.event and p.event_kind = e.event_kind
    left join pair_indication i using (product_no, event_no)
)
select
    product_no, event_no,
    2 * n_indication < n as holds,
    to_json({n: n, n_indication: n_indication}) as evidence,
    if(
        n_indication > 0,
        format(
            'In {} of its {} cases ({:.0f}%) the event is what the product was given for.',
            n_indication, n, 100 * n_indication / n),
        null
    ) as reason
from found
order by product_no, event_no
