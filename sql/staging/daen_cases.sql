-- writes: work.daen_row
-- reads: work.raw_daen
-- params: none
-- grain: row of a DAEN list as workbook: a case with its terms
select
    line,
    whole(written(case_id_text)) as case_id_text,
    written(received_text) as received_text,
    whole(written(age_text)) as age_text,
    written(sex_text) as sex_text,
    written(medicines_text) as medicines_text,
    written(term_text) as term_text
from raw_daen
