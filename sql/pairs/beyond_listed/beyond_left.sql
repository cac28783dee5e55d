-- writes: work.beyond_left
-- reads: work.sensitive_pair, work.listing_bit, work.listed_only, work.counted_product,
--   work.counted_event
-- params: none
-- grain: pair in question and period with a case that names only listed events of the product
-- Of these cases: all, those of the product, those of the event, those of both.
with pattern as (
    select word_no, listing_bits, period_no, count(*) as n
    from listed_only
    group by word_no, listing_bits, period_no
),
every as (
    select b.product_no, c.period_no, sum(c.n)::bigint as n
    from pattern c
    join listing_bit b on b.word_no = c.word_no and (b.listing_bit & c.listing_bits) <> 0
    group by b.product_no, c.period_no
),
own as (
    select b.product_no, c.period_no, c.validity_id
    from listed_only c
    join counted_product p using (validity_id)
    join listing_bit b
        on b.product_no = p.product_no and b.word_no = c.word_no
        and (b.listing_bit & c.listing_bits) <> 0
),
of_product as (
    select product_no, period_no, count(*) as n
    from own
    group by product_no, period_no
),
event_pattern as (
    select e.event_no, c.word_no, c.listing_bits, c.period_no, count(*) as n
    from listed_only c
    join counted_event e using (validity_id)
    where e.event_no in (select event_no from sensitive_pair)
    group by e.event_no, c.word_no, c.listing_bits, c.period_no
),
of_event as (
    select q.pair_no, c.period_no, sum(c.n)::bigint as n
    from sensitive_pair q
    join listing_bit b using (product_no)
    join event_pattern c
        on c.event_no = q.event_no and c.word_no = b.word_no
        and (b.listing_bit & c.listing_bits) <> 0
    group by q.pair_no, c.period_no
),
joint as (
    select q.pair_no, c.period_no, count(*) as n
    from own c
    join sensitive_pair q using (product_no)
    join counted_event e on e.event_no = q.event_no and e.validity_id = c.validity_id
    group by q.pair_no, c.period_no
)
select
    q.pair_no, c.period_no, c.n as n_cases, coalesce(p.n, 0) as n_product,
    coalesce(e.n, 0) as n_event, coalesce(j.n, 0) as a
from sensitive_pair q
join every c using (product_no)
left join of_product p on p.product_no = q.product_no and p.period_no = c.period_no
left join of_event e on e.pair_no = q.pair_no and e.period_no = c.period_no
left join joint j on j.pair_no = q.pair_no and j.period_no = c.period_no
