-- ops.source_file, of what a snapshot keeps. grain: one row per file. params: none
-- Staging is not kept: where a warehouse begins again with these rows, each file whose rows were
-- in it has to be read again, under its file_id.
update ops.source_file
set
    status = 'unread',
    rows_read = 0,
    rows_kept = 0,
    rows_quarantined = 0,
    message = 'its ' || rows_read || ' rows were lost with the warehouse: put it back into the inbox'
where status in ('loaded', 'ok');
