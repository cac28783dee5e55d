-- state_difference (temporary). grain: one row per pair whose row in mart.signal_history differs from
-- mart.signal; none is right. params: $state_id
create or replace temp table state_difference as
with recorded as (
    select
        product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates,
        crude_ic025, n_countries, effective_countries, top_country, top_share, countries_flagged
    from mart.signal_history
    where state_id = $state_id
),
found as (
    select
        product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates,
        crude_ic025, n_countries, effective_countries, top_country, top_share, countries_flagged
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
order by all;
