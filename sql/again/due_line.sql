-- writes: work.due_line
-- reads: ops.quarantine, ops.source_file, gate.night
-- params: $in_future, $after_release
-- grain: line in quarantine whose date of receipt may be right by what is known tonight
-- The clock of an earlier night was wrong, or the days of grace have changed.
with dated as (
    select
        file_id, line, rule,
        try_cast(row ->> '$."staging.report"[0].receipt_date' as date) as receipt_date
    from ops.quarantine
    where rule in ($in_future, $after_release)
)
select distinct d.file_id, d.line
from dated d
join ops.source_file f using (file_id)
cross join gate.night n
where f.status = 'ok'
    and if(
        d.rule = $in_future,
        d.receipt_date <= n.night,
        coalesce(d.receipt_date <= f.latest_receipt + n.grace_days, true)
    )
