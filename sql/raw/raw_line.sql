-- writes: work.raw_line
-- reads: files
-- params: $path, $header_lines, $delimiter, $quoted
-- grain: data line of a text file
-- The clean text holds no control characters but its marks: chr(1) a blank line, chr(2) one too
-- long, chr(4) one that is not in the file's encoding. So chr(3) parts nothing, and a line is one
-- value. The reader keeps the order of the file.
-- In a quoted table every second piece between quotes is inside a field. An empty one outside, but
-- for the ends of the line, is a doubled quote.
with physical as (
    select row_number() over () as line, content
    from read_csv(
        $path, delim = chr(3), header = false, columns = {'content': 'varchar'}, quote = '',
        escape = '', auto_detect = false, new_line = '\n', max_line_size = 4194304
    )
),
pieced as (
    select line, content, if($quoted, string_split(content, '"'), []) as piece
    from physical
    where line > $header_lines and content <> chr(1)
),
judged as (
    select
        *,
        case
            when content = chr(2) then 'line_too_long'
            when content = chr(4) then 'not_text'
            when len(piece) > 0 and len(piece) % 2 = 0 then 'open_quote'
        end as problem
    from pieced
),
parted as (
    select
        line, problem,
        case
            when problem is not null then null
            when len(piece) = 0 then content
            else array_to_string(
                list_transform(piece, lambda p, i: case
                    when i % 2 = 0 then p
                    when p = '' and i > 1 and i < len(piece) then '"'
                    else replace(p, $delimiter, chr(31))
                end),
                ''
            )
        end as content
    from judged
)
select
    line, content, len(string_split(content, if($quoted, chr(31), $delimiter))) as fields, problem
from parted
