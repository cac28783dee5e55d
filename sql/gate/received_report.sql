-- writes: gate.received_report (view)
-- reads: staging.report, gate.replaced
-- params: none
-- grain: version of a report as received, those of replaced files left out
select *
from staging.report
where file_id not in (select file_id from gate.replaced)
