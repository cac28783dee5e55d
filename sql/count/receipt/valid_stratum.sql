-- writes: work.valid_stratum
-- reads: core.case, core.case_validity, core.earlier_case
-- params: none
-- grain: stratum in which a version ever counted
-- Dense codes make the counts cheap. Strata that still count come first, so that the last look
-- numbers them as they are here.
with counted as (
    select s.valid_to_look, c.stratum, c.country, c.region
    from core.case_validity s
    join core.case c on c.case_id = s.validity_id
    union all
    select s.valid_to_look, c.stratum, c.country, c.region
    from core.case_validity s
    join core.earlier_case c using (validity_id)
)
select
    (row_number() over (order by max(valid_to_look) < 2147483647, stratum) - 1)::integer as stratum_no,
    stratum, min(country) as country, min(region) as region
from counted
group by stratum
order by stratum_no
