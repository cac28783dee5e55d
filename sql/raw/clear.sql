-- raw_line (temporary). grain: none, they go. params: none
drop table if exists raw_line;
drop table if exists raw_frame;
