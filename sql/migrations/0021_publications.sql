-- Why: Canada's publications stand in a table of their own, as the origins of a report do.
alter table staging.report_source add column literature_id varchar;
