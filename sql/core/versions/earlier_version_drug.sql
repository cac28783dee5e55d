-- writes: work.earlier_version_drug
-- reads: work.coded_drug
-- params: none
-- grain: drug of a version that is no longer current
select
    * exclude (
        is_current, text_no, end_date, end_date_precision, dose, dechallenge, rechallenge
    )
from coded_drug
where not is_current
