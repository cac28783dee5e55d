-- writes: nothing
-- reads: mart.rate_window
-- params: none
-- grain: advanced therapy, event and latency window, all countries pooled
-- Cases against person-time and background by latency window, of all countries together. Left out
-- is what follows from single countries
select
    product, event, event_kind, latency_window, n, n_possible, person_years, person_years_low,
    person_years_high, rate_py, rate_py_lower, rate_py_upper, background_country, standard,
    reference, n_compared, expected, oe, oe_lower, oe_upper, p_excess, rr_above_1, rr_above_2,
    reporting_fraction, rr_upper, exclusion_fraction, state, chain_status, horizon, alpha,
    first_signal, retention
from mart.rate_window
where country = 'all'
