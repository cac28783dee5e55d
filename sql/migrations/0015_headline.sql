-- Why: a folded pair is no line of its own; a state that was computed before did not say which are.
alter table mart.signal_history add column headline boolean;
