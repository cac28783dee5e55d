-- writes: work.permuted_case
-- reads: work.counted_case, core.case_key
-- params: none
-- grain: case that counts now, in the order in which cases are permuted
-- Cases of a period lie together, in the order of their authority's numbers: a case_id depends on
-- the night in which a case first came, and a permutation may not.
select
    (row_number() over (order by c.period_no, k.authority, k.source_case_id) - 1)::integer
        as case_no,
    c.case_id, c.period_no
from counted_case c
join core.case_key k using (case_id)
