-- writes: ops.case_alert
-- reads: work.told_case
-- params: none
-- grain: case, product and designated event that was ever told as an alert
-- As it was when it was told: what becomes of it is in mart.case_alert.
select * exclude (duplicate_group, is_new)
from told_case
where is_new
order by case_id, product, event
