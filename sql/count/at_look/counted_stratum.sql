-- writes: work.counted_stratum
-- reads: work.valid_case, work.valid_stratum, work.this_look
-- params: none
-- grain: stratum in which a case counts at this look
-- Strata are numbered anew, without gaps and in the order of their names: so would the night of
-- this look number them.
with counted as (
    select c.stratum_no as valid_stratum_no, count(*) as n_cases
    from valid_case c
    join this_look l on c.valid_from_look <= l.look_no and c.valid_to_look > l.look_no
    group by c.stratum_no
)
select
    (row_number() over (order by s.stratum) - 1)::integer as stratum_no,
    s.stratum, s.country, s.region, c.n_cases, c.valid_stratum_no
from counted c
join valid_stratum s on s.stratum_no = c.valid_stratum_no
order by s.stratum
