-- writes: nothing
-- reads: mart.signal_history, mart.signal_state, mart.signal
-- params: $state_id
-- grain: pair whose row in a state differs from that of mart.signal; none is right
with recorded as (
    select
        product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates,
        crude_ic025, n_countries, effective_countries, top_country, top_share, countries_flagged,
        family, p_value, q_value, q_country, q_pool, confirmed, first_confirmed, headline
    from mart.signal_state s
    join mart.signal_history h
        on h.valid_from_state <= s.state_no
        and s.state_no < coalesce(h.valid_to_state, 2147483647)
    where s.state_id = $state_id
),
found as (
    select
        product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates,
        crude_ic025, n_countries, effective_countries, top_country, top_share, countries_flagged,
        family, p_value, q_value, q_country, q_pool, confirmed, first_confirmed, headline
    from mart.signal
    where verdict <> 'not_flagged'
),
final as (
    (select * from recorded except all select * from found)
    union all
    (select * from found except all select * from recorded)
)
select distinct product, event, event_kind
from final
order by all
