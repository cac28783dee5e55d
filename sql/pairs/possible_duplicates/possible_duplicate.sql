-- writes: mart.possible_duplicate
-- reads: work.linked_pair, work.product_code, work.event_code
-- params: none
-- grain: pair and two of its cases that may be the same one, though no rule links them
select
    p.product, e.event, e.event_kind, s.case_id, s.other_case_id, s.match_probability,
    list_filter(
        [says_sex, says_age, says_day, says_month, says_lot, says_country, says_receipt,
         says_drugs, says_events],
        lambda word: word <> ''
    ) as agreement
from linked_pair s
join product_code p using (product_no)
join event_code e using (event_no)
order by p.product, e.event, e.event_kind, s.case_id, s.other_case_id
