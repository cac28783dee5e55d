-- writes: work.signal_change
-- reads: mart.signal, mart.signal_history, mart.signal_state
-- params: $state_id
-- grain: row of the history that the state ends or begins
-- What differs in one bit is another row; what is equal stays as it is.
with this_state as (
    select state_no
    from mart.signal_state
    where state_id = $state_id
),
found as (
    select
        product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates,
        crude_ic025, n_countries, effective_countries, top_country, top_share, countries_flagged,
        family, p_value, q_value, q_country, q_pool, confirmed, first_confirmed, headline
    from mart.signal
    where verdict <> 'not_flagged'
),
standing as (
    select *
    from mart.signal_history
    where valid_to_state is null
),
unchanged as (
    select f.product, f.event, f.event_kind
    from found f
    join standing s using (product, event, event_kind)
    where f is not distinct from row(
        s.product, s.event, s.event_kind, s.verdict, s.n, s.expected, s.ic, s.ic025, s.ror,
        s.ror025, s.prr, s.chi2_yates, s.crude_ic025, s.n_countries, s.effective_countries,
        s.top_country, s.top_share, s.countries_flagged, s.family, s.p_value, s.q_value,
        s.q_country, s.q_pool, s.confirmed, s.first_confirmed, s.headline
    )
)
select s.* replace (t.state_no as valid_to_state)
from standing s
cross join this_state t
anti join unchanged u using (product, event, event_kind)
union all by name
select t.state_no as valid_from_state, null::integer as valid_to_state, f.*
from found f
cross join this_state t
anti join unchanged u using (product, event, event_kind)
