-- Why: the alpha of the late windows is fixed when the first of them opens, with the windows that
-- share it. Before this the shipped windows were the only ones, each opened with a fifth of 0.05.
alter table ops.alpha_ledger add column late_alpha double;
alter table ops.alpha_ledger add column late_windows varchar[];
update ops.alpha_ledger
set late_alpha = 0.05,
    late_windows = ['91-365 d', '1-2 y', '2-5 y', '5-10 y', '10-15 y']
where latency_window in ('91-365 d', '1-2 y', '2-5 y', '5-10 y', '10-15 y')
    and abs(alpha * power(2, chain_no - 1) - 0.01) < 1e-9;
