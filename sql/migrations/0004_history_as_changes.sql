-- Why: a state is kept as what it changes in the state before it; most rows repeated that one.
create table mart.signal_state as
select distinct state_no, as_of, state_id, rule_name
from mart.signal_history
order by state_no;

create table mart.signal_change as
with compared as (
    select
        *,
        lag(state_no) over pair as before_no,
        lag(
            row(
                verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates, crude_ic025,
                n_countries, effective_countries, top_country, top_share, countries_flagged
            )
        ) over pair is not distinct from row(
            verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates, crude_ic025,
            n_countries, effective_countries, top_country, top_share, countries_flagged
        ) as is_same
    from mart.signal_history
    window pair as (partition by product, event, event_kind order by state_no)
),
numbered as (
    select
        *,
        count(*) filter (where not is_same or before_no is distinct from state_no - 1) over (
            partition by product, event, event_kind order by state_no
        ) as stretch
    from compared
),
last_state as (
    select max(state_no) as last_no
    from mart.signal_state
)
select
    min(state_no) as valid_from_state,
    if(max(state_no) < max(last_no), max(state_no) + 1, null) as valid_to_state,
    product, event, event_kind,
    any_value(verdict) as verdict, any_value(n) as n, any_value(expected) as expected,
    any_value(ic) as ic, any_value(ic025) as ic025, any_value(ror) as ror,
    any_value(ror025) as ror025, any_value(prr) as prr, any_value(chi2_yates) as chi2_yates,
    any_value(crude_ic025) as crude_ic025, any_value(n_countries) as n_countries,
    any_value(effective_countries) as effective_countries, any_value(top_country) as top_country,
    any_value(top_share) as top_share, any_value(countries_flagged) as countries_flagged
from numbered
cross join last_state
group by product, event, event_kind, stretch
order by product, event, event_kind, valid_from_state;

drop table mart.signal_history;
alter table mart.signal_change rename to signal_history;
