-- writes: main.case_drugs (view)
-- reads: core.case_drug, core.case
-- params: none
-- grain: drug of a case that counts
-- Drugs of the cases that count
select c.country, c.receipt_date, d.*
from core.case_drug d
join core.case c using (case_id)
where c.is_master
