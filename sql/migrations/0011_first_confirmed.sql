-- Why: a gain counts from the first confirmed look; a state that was computed before knew none.
alter table mart.signal_history add column first_confirmed date;
