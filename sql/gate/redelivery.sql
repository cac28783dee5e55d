-- writes: gate.redelivery (view)
-- reads: gate.new_file, gate.replaced, gate.published
-- params: none
-- grain: file that came with other bytes under a name that is in use
-- After the loss of the warehouse the published snapshot says how many rows the earlier one kept.
select n.file_id, n.source, n.release, n.rows_kept, max(greatest(r.rows_kept, p.rows_kept)) as rows_before
from gate.new_file n
join gate.replaced r on r.by_file_id = n.file_id
left join gate.published p
    on p.source = n.source and p.name = n.name and p.sha256 = r.sha256
group by all
