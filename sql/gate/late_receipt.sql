-- writes: gate.late_receipt (view)
-- reads: staging.report, ops.source_file, gate.night, gate.replaced
-- params: none
-- grain: report, of whatever night, dated after the last day its delivery can hold, and the grace
select file_id, line
from staging.report
join ops.source_file using (file_id)
where receipt_date > latest_receipt + (select grace_days from gate.night)
  and file_id not in (select file_id from gate.replaced)
