-- writes: work.daen_row
-- reads: work.raw_line
-- params: $position, $width
-- grain: row of a DAEN list as text: a case and one of its terms
with field as (
    select line, string_split(content, chr(9)) as f
    from raw_line
    where fields = $width and content is not null
)
select
    line,
    written(f[$position['case_id']]) as case_id_text,
    written(f[$position['received']]) as received_text,
    written(f[$position['age']]) as age_text,
    written(f[$position['sex']]) as sex_text,
    written(f[$position['medicines']]) as medicines_text,
    written(f[$position['term']]) as term_text
from field
