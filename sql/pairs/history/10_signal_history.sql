-- mart.signal_history. grain: one row per state and flagged pair. params: $state_id, $rule_name
-- Only to be run for a state that is not there yet.
insert into mart.signal_history by name
select
    (select coalesce(max(state_no), 0) + 1 from mart.signal_history) as state_no,
    as_of, product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates,
    crude_ic025, n_countries, effective_countries, top_country, top_share, countries_flagged,
    $rule_name as rule_name, $state_id as state_id
from mart.signal
where verdict <> 'not_flagged'
order by product, event, event_kind;
