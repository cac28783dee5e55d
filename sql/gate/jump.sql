-- writes: gate.jump (view)
-- reads: staging.report, ops.source_file, gate.new_file, gate.used_file
-- params: none
-- grain: file that came tonight, of a delivery with receipts after the latest in use
-- The day of an issue counts as one where an earlier issue of its series is known.
with reach as (
    select max(receipt_date) as lock_point
    from staging.report
    join gate.used_file using (file_id)
    where moment = 'without'
),
told as (
    select n.source, n.release, r.receipt_date
    from gate.new_file n
    join staging.report r using (file_id)
    union all
    select n.source, n.release, f.issued_on
    from gate.new_file n
    join ops.source_file f using (file_id)
    join ops.source_file o
        on o.source = f.source and o.series = f.series and o.issued_on < f.issued_on
    where o.status in ('ok', 'loaded')
),
delivery as (
    select source, release, max(receipt_date) as latest_receipt
    from told
    group by source, release
)
select n.file_id, d.latest_receipt, c.lock_point, d.latest_receipt - c.lock_point as days
from gate.new_file n
join delivery d using (source, release)
join reach c on c.lock_point < d.latest_receipt
