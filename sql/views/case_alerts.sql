-- writes: main.case_alerts (view)
-- reads: mart.case_alert
-- params: none
-- grain: case, product in scope and designated event, told as an alert
-- Every single case of a designated late event, those of no listed reaction first, then the new ones:
-- for individual assessment, no signals
select *
from mart.case_alert
order by
    listed, alert_status = 'stands' desc, alerted_on desc, fatal desc nulls last, receipt_date desc, case_id, product, event
