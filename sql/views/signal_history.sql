-- writes: main.signal_history (view)
-- reads: mart.signal_history, mart.signal_state
-- params: none
-- grain: as-of state and flagged product and event (or event group)
-- Every state that was ever computed, whole: a night adds its own, a replay those of past months.
-- Pairs that are not listed in a state were not flagged
select
    s.state_no, s.as_of, h.product, h.event, h.event_kind, h.verdict, h.n, h.expected, h.ic,
    h.ic025, h.ror, h.ror025, h.prr, h.chi2_yates, h.crude_ic025, h.n_countries,
    h.effective_countries, h.top_country, h.top_share, h.countries_flagged, h.family, h.p_value,
    h.q_value, h.q_country, h.q_pool, h.confirmed, h.first_confirmed, h.headline, s.rule_name,
    s.state_id
from mart.signal_state s
join mart.signal_history h
    on h.valid_from_state <= s.state_no
    and s.state_no < coalesce(h.valid_to_state, 2147483647)
