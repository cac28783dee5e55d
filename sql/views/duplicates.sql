-- writes: main.duplicates (view)
-- reads: core.duplicate_link, core.case
-- params: none
-- grain: two cases that are linked, possibly one, or decided by a person
-- With the weight of each field in bits, and what the two cases are
select
    d.*, a.source, b.source as other_source, a.source_case_id,
    b.source_case_id as other_source_case_id, a.country, b.country as other_country,
    a.is_master, b.is_master as other_is_master
from core.duplicate_link d
join core.case a using (case_id)
join core.case b on b.case_id = d.other_case_id
