-- mart.signal_history. grain: one row per state and flagged pair. params: $state_id, $rule_name
-- A state that is there already is not added again: it is the same, bit for bit.
insert into mart.signal_history by name
select
    (select coalesce(max(state_no), 0) + 1 from mart.signal_history) as state_no,
    as_of, product, event, event_kind, verdict, n, expected, ic, ic025, ror, ror025, prr, chi2_yates,
    crude_ic025, n_countries, effective_countries, top_country, top_share, countries_flagged,
    $rule_name as rule_name, $state_id as state_id
from mart.signal
where verdict <> 'not_flagged'
    and $state_id not in (select state_id from mart.signal_history)
order by product, event, event_kind;
