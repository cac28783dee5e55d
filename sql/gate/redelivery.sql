-- writes: gate.redelivery (view)
-- reads: ops.source_file, gate.new_file, gate.replaced, gate.published
-- params: none
-- grain: file that came with other bytes under a name that is in use, or as the next issue of one
-- After the loss of the warehouse the published snapshot says how many rows the earlier one kept.
select n.file_id, n.source, n.release, n.rows_kept, max(greatest(r.rows_kept, p.rows_kept)) as rows_before
from gate.new_file n
join gate.replaced r on r.by_file_id = n.file_id
left join gate.published p
    on p.source = n.source and p.name = n.name and p.sha256 = r.sha256
group by all
union all
select n.file_id, n.source, n.release, n.rows_kept, arg_max(o.rows_kept, (o.issued_on, o.release))
from gate.new_file n
join ops.source_file f using (file_id)
join ops.source_file o
    on o.source = f.source and o.series = f.series and o.staging_table = f.staging_table
    and o.issued_on < f.issued_on and o.status = 'ok'
where n.file_id not in (select by_file_id from gate.replaced)
group by all
