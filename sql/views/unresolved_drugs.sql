-- writes: main.unresolved_drugs (view)
-- reads: core.unresolved_drug
-- params: none
-- grain: source and name of a drug that was led to no known ingredient
-- What would be gained most by a row in substance_alias.csv stands first
select *
from core.unresolved_drug
order by drug_rows desc, source, drug_name
