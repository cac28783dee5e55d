-- permuted_case (temporary). grain: one row per case that counts now. params: none
-- Cases of a stratum lie together, in the order of their authority's numbers: a case_id depends on
-- the night in which a case first came, and a permutation may not.
create or replace temp table permuted_case as
select
    (row_number() over (order by c.stratum_no, k.authority, k.source_case_id) - 1)::integer
        as case_no,
    c.case_id, c.stratum_no
from counted_case c
join core.case_key k using (case_id);
