-- writes: work.listing_word
-- reads: work.listing_bit, work.listed_pair, work.event_code
-- params: none
-- grain: single event that some of these products list, and word of their bits
select l.event_no, b.word_no, sum(b.listing_bit)::bigint as listing_bits
from listed_pair l
join listing_bit b using (product_no)
join event_code e using (event_no)
where l.listed and e.event_kind = 'event'
group by l.event_no, b.word_no
