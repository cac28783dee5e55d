-- Why: case reports say why a value is missing, and of which MedDRA version a code is.
alter table staging.report add column null_reasons varchar[];
alter table staging.report_event add column event_code_version varchar;
