-- writes: gate.jump (view)
-- reads: staging.report, gate.new_file, gate.used_file
-- params: none
-- grain: file that came tonight, of a delivery with receipts after the latest in use
with reach as (
    select max(receipt_date) as lock_point
    from staging.report
    join gate.used_file using (file_id)
    where moment = 'without'
),
delivery as (
    select n.source, n.release, max(r.receipt_date) as latest_receipt
    from gate.new_file n
    join staging.report r using (file_id)
    group by n.source, n.release
)
select n.file_id, d.latest_receipt, c.lock_point, d.latest_receipt - c.lock_point as days
from gate.new_file n
join delivery d using (source, release)
join reach c on c.lock_point < d.latest_receipt
