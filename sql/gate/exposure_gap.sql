-- writes: gate.exposure_gap (view)
-- reads: gate.exposure_claim, gate.exposure_overlap
-- params: none
-- grain: line of an exposure file that begins after days without any exposure of its product
--   and country
-- There is none before a total that follows a total: it counts everybody since.
with standing as (
    select *
    from gate.exposure_claim
    where (file_id, line) not in (select (file_id, line) from gate.exposure_overlap)
),
reached as (
    select
        *,
        max(period_end) over earlier as covered_until,
        is_total and coalesce(bool_or(is_total) over earlier, false) as follows_total
    from standing
    window earlier as (
        partition by product, country
        order by period_start, period_end
        rows between unbounded preceding and 1 preceding
    )
)
select file_id, line
from reached
where period_start > covered_until + 1 and not follows_total
