-- writes: work.answer_not_listed
-- reads: work.asked_pair, work.listed_pair
-- params: none
-- grain: pair of which the condition not_listed is asked
-- What is not checked is said and decides nothing.
select
    a.product_no, a.event_no,
    not coalesce(l.listed, false) as holds,
    to_json({listing: coalesce(l.listing, [])}) as evidence,
    case
        when l.listed then format(
            'A public label lists it already ({}).', array_to_string(l.listing, '; '))
        when len(l.listing) > 0 then format('Not on our list; {}.', array_to_string(l.listing, '; '))
    end as reason
from asked_pair a
left join listed_pair l using (product_no, event_no)
order by a.product_no, a.event_no
