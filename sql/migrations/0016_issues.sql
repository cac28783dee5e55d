-- Why: of a source that is re-issued whole each file is of an issue, which has a series and a day.
alter table ops.source_file add column series varchar;
alter table ops.source_file add column issued_on date;
