-- writes: nothing
-- reads: ops.decision, ops.run, mart.signal_history, mart.signal_state
-- params: $product, $first_day, $last_day
-- grain: signal that was ongoing in the interval, or closed in it, as of its last day
-- The tabular summary of safety signals of ICH E2C(R2). What was never validated is no signal; what
-- was closed before the interval and not opened in it is of an earlier report.
with told as (
    select *
    from ops.decision
    where decided_on <= $last_day::date
        and ($product::varchar is null or lower(product) = lower($product))
),
last as (
    select
        product, event, event_kind,
        arg_max(signal_status, decision_no) as signal_status,
        arg_max(signal_outcome, decision_no) as signal_outcome,
        arg_max(decided_on, decision_no) as last_decided_on,
        arg_max(decided_by, decision_no) as decided_by,
        min(decided_on) as first_decided_on,
        bool_or(signal_status = 'validated') as was_validated,
        bool_or(decided_on >= $first_day::date) as is_of_interval,
        arg_max(n_decided, decision_no) as n_decided,
        arg_max(len(from_json(fatal_cases, '["BIGINT"]')), decision_no) as n_fatal,
        arg_max(len(countries), decision_no) as n_countries,
        arg_max(verdict, decision_no) as verdict,
        string_agg(
            strftime(decided_on, '%Y-%m-%d') || ' ' || replace(signal_status, '_', ' ') || ': '
                || reason,
            '; ' order by decision_no
        ) as reasons,
        string_agg(distinct evaluation_method, '; ' order by evaluation_method)
            filter (where evaluation_method is not null) as methods,
        string_agg(action_taken, '; ' order by decision_no) filter (where action_taken is not null)
            as actions
    from told
    group by product, event, event_kind
),
seen as (
    select h.product, h.event, h.event_kind, min(s.as_of) as first_seen
    from mart.signal_history h
    join mart.signal_state s on s.state_no = h.valid_from_state
    group by h.product, h.event, h.event_kind
)
select
    l.product, l.event, l.event_kind, least(coalesce(w.first_seen, l.first_decided_on),
        l.first_decided_on) as detected_on, l.signal_status, l.signal_outcome,
    if(l.signal_status = 'closed', l.last_decided_on, null) as closed_on, l.n_decided, l.n_fatal,
    l.n_countries, l.verdict, l.reasons, l.methods, l.actions,
    format('{} {}', r.rules ->> 'name', r.rules ->> 'version') as rule_name
from last l
cross join ops.run r
left join seen w using (product, event, event_kind)
where l.was_validated and l.signal_status not in ('detected', 'not_validated')
    and (l.signal_status <> 'closed' or l.is_of_interval)
order by l.product, l.event, l.event_kind
