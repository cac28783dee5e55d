-- writes: staging.report_source
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of Canada Vigilance's literature_reference
-- A reference names its authors and may tell of a patient: that there is one, and its number.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
)
select
    $source as source, $file_id as file_id, line,
    unpadded(f[$position['report_id']]) as source_report_id,
    'literature' as report_source,
    literature_number(f[$position['literature_reference']]) as literature_id
from field
