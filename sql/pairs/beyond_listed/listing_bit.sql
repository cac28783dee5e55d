-- writes: work.listing_bit
-- reads: work.listed_pair, work.sensitive_pair
-- params: none
-- grain: product of a pair in question that lists an event
-- Each has a bit in a word of sixty.
with listing as (
    select distinct l.product_no
    from listed_pair l
    where l.listed and l.product_no in (select product_no from sensitive_pair)
),
placed as (
    select product_no, row_number() over (order by product_no) - 1 as place
    from listing
)
select
    product_no, (place // 60)::integer as word_no, (1::bigint << (place % 60)::integer) as listing_bit
from placed
order by product_no
