-- writes: work.told_case
-- reads: work.alerting_case, ops.case_alert
-- params: $as_of, $state_id
-- grain: person's case (duplicates together), product in scope and designated event
-- A person's case is alerted once: the case that was told first stands for its duplicates, else the
-- one that counts.
with known as (
    select a.*, o.alerted_on, o.alerted_by
    from alerting_case a
    left join ops.case_alert o using (case_id, product, event)
),
placed as (
    select
        *,
        row_number() over (
            partition by duplicate_group, product, event
            order by alerted_on nulls last, not is_master, completeness desc, case_id
        ) as place
    from known
)
select
    * exclude (is_master, completeness, alerted_on, alerted_by, place),
    coalesce(alerted_on, $as_of::date) as alerted_on,
    if(alerted_on is null, $state_id, alerted_by) as alerted_by,
    alerted_on is null as is_new
from placed
where place = 1
order by case_id, product, event
