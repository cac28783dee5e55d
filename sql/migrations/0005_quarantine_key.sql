-- Why: a published row of quarantine names its report and does not hold the row (column row is no
-- longer published), so that the number gets a column of its own.
alter table ops.quarantine add column source_report_id varchar;
update ops.quarantine
set source_report_id = nullif(
    regexp_extract(
        coalesce(row ->> 'source_report_id', row ->> 'report_number'), '^[A-Za-z0-9._-]{1,40}$'
    ),
    ''
);
