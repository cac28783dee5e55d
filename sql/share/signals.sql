-- writes: nothing
-- reads: mart.signal
-- params: none
-- grain: flagged product and event (or event group)
-- Every flagged product and event with its verdict, best first. Left out is what counts the cases
-- of single countries
select
    product, atmp_class, event, event_kind, verdict, n, expected, ic, ic025, ebgm, eb05,
    crude_ic025, family, p_value, null_kind, expected_false, q_value, q_pool, confirmed,
    any_country_power, pool_power, detectable, first_pooled, first_confirmed, first_country,
    gain_days, gain_censored, headline, headline_product, headline_event, headline_event_kind, rank, as_of
from mart.signal
where verdict <> 'not_flagged'
order by rank
