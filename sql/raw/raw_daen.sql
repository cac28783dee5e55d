-- writes: work.raw_daen
-- reads: work.raw_line
-- params: $position, $width
-- grain: row of a DAEN list
with field as (
    select line, string_split(content, chr(9)) as f
    from raw_line
    where fields = $width and content is not null
)
select
    line,
    f[$position['case_id']] as case_id_text,
    f[$position['received']] as received_text,
    f[$position['age']] as age_text,
    f[$position['sex']] as sex_text,
    f[$position['medicines']] as medicines_text,
    f[$position['term']] as term_text
from field
