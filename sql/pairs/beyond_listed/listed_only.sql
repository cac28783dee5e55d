-- writes: work.listed_only
-- reads: work.listing_word, work.counted_case, work.counted_event, work.event_code
-- params: none
-- grain: case and word with the bits of the products that list every event of the case
-- One pass over the events, however many products list them: a case keeps the bits that all of its
-- events have, a case without an event all of them.
with word as (
    select distinct word_no
    from listing_word
)
select
    e.validity_id, any_value(e.period_no) as period_no, w.word_no,
    bit_and(coalesce(b.listing_bits, 0)) as listing_bits
from counted_event e
join event_code k on k.event_no = e.event_no and k.event_kind = 'event'
cross join word w
left join listing_word b on b.event_no = e.event_no and b.word_no = w.word_no
group by e.validity_id, w.word_no
having bit_and(coalesce(b.listing_bits, 0)) <> 0
union all
select c.validity_id, c.period_no, w.word_no, ((1::bigint << 60) - 1) as listing_bits
from counted_case c
anti join counted_event e using (validity_id)
cross join word w
