-- writes: core.drug_resolution
-- reads: staging.report_drug, work.drug_text, work.drug_coding
-- params: none
-- grain: source
-- Rows as received, whether their reports count or not: what is measured is the reading of names.
select
    d.source,
    count(*) as drug_rows,
    count(*) filter (c.substance_basis in ('product', 'ingredient', 'known_name')) as resolved_rows,
    round(resolved_rows / nullif(count(*) filter (c.substance_basis <> 'no_drug'), 0), 4)
        as resolved_share,
    count(*) filter (c.substance_basis = 'product') as product_rows,
    count(*) filter (c.substance_basis = 'ingredient') as ingredient_rows,
    count(*) filter (c.substance_basis = 'known_name') as known_name_rows,
    count(*) filter (c.substance_basis = 'own_name') as unresolved_rows,
    count(*) filter (c.substance_basis = 'no_drug') as no_drug_rows
from staging.report_drug d
join drug_text t on t.drug_verbatim is not distinct from d.drug_verbatim
    and t.active_ingredient is not distinct from d.active_ingredient
    and t.route is not distinct from d.route
join drug_coding c using (text_no)
group by d.source
order by d.source
