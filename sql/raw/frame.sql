-- raw_frame (temporary). grain: one row per row of a table that was read in Python. params: $path
create or replace temp table raw_frame as
select * from read_parquet($path);
