-- writes: work.raw_line
-- reads: files
-- params: $path, $header_lines
-- grain: data line of a text file
-- The clean text holds no control characters but its marks: chr(1) a blank line, chr(2) one too
-- long (its content is null). So chr(3) parts nothing, and a line is one value. The reader keeps
-- the order of the file.
with physical as (
    select row_number() over () as line, content
    from read_csv(
        $path, delim = chr(3), header = false, columns = {'content': 'varchar'}, quote = '',
        escape = '', auto_detect = false, new_line = '\n', max_line_size = 4194304
    )
)
select
    line, nullif(content, chr(2)) as content, len(string_split(content, '$')) as fields
from physical
where line > $header_lines and content <> chr(1)
