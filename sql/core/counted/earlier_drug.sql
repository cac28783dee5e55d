-- writes: core.earlier_drug
-- reads: work.counted_version, work.version_drug
-- params: none
-- grain: drug of a version that counted at an earlier look only
select c.validity_id, d.* exclude (version_no)
from counted_version c
join version_drug d using (version_no)
where not c.is_own
order by c.validity_id, d.drug_seq, d.role, d.drug_verbatim, d.active_ingredient
