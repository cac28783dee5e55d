-- Why: tests whose looks the data no longer bear out are taken back, and the key is tested anew in a
-- sequence of tests of the next number. Before this each key had one. How many cases were known at
-- a look, whatever the exposure, was not kept.
alter table ops.alpha_ledger add column sequence_no integer;
alter table ops.alpha_ledger add column taken_back_on date;
alter table ops.alpha_ledger add column taken_back_why varchar;
update ops.alpha_ledger set sequence_no = 1;
alter table ops.sequential_look add column sequence_no integer;
alter table ops.sequential_look add column n_reported bigint;
update ops.sequential_look set sequence_no = 1;
