-- writes: work.drug_text
-- reads: staging.report_drug
-- params: none
-- grain: distinct text of a drug: name, ingredient and route as written
-- Texts are coded once each, not once per row.
with written as (
    select distinct drug_verbatim, active_ingredient, route
    from staging.report_drug
)
select
    (row_number() over (order by drug_verbatim, active_ingredient, route) - 1)::integer as text_no,
    drug_verbatim, active_ingredient, route
from written
