-- Why: a verdict rests on the error control of its list; a state that was computed before had none.
alter table mart.signal_history add column family varchar;
alter table mart.signal_history add column p_value double;
alter table mart.signal_history add column q_value double;
alter table mart.signal_history add column q_country double;
alter table mart.signal_history add column q_pool double;
alter table mart.signal_history add column confirmed boolean;
