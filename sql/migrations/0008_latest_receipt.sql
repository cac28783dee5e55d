-- Why: a file says the last day on which its reports can have been received; later dates are wrong.
alter table ops.source_file add column latest_receipt date;
update ops.source_file
set latest_receipt = last_day(
    make_date(substr(release, 1, 4)::integer, 3 * substr(release, 6, 1)::integer, 1)
)
where source = 'faers' and regexp_matches(release, '^[0-9]{4}Q[1-4]/');
