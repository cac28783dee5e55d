-- writes: core.unresolved_drug
-- reads: staging.report_drug, work.drug_text, work.drug_coding
-- params: none
-- grain: source and name of a drug that was led to no known ingredient
select d.source, c.substance as drug_name, count(*) as drug_rows
from staging.report_drug d
join drug_text t on t.drug_verbatim is not distinct from d.drug_verbatim
    and t.active_ingredient is not distinct from d.active_ingredient
    and t.route is not distinct from d.route
join drug_coding c using (text_no)
where c.substance_basis = 'own_name'
group by d.source, c.substance
order by drug_rows desc, d.source, drug_name
