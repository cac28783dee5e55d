-- writes: mart.signal_status
-- reads: work.noted_signal, work.noted_decision, work.noted_fatal, mart.pair_country,
--   ops.decision, core.case
-- params: $returns_growth, $returns_new_fatal, $returns_new_country
-- grain: signal of the night, or pair that was ever decided on
-- A fatal case is new where none of its duplicate group was fatal in the snapshot that was decided on:
-- a number that stays the same may hide one that came and one that went.
with located as (
    select w.product, w.event, w.event_kind, list(k.country order by k.country) as countries
    from noted_signal w
    join mart.pair_country k using (product, event, event_kind)
    where k.is_country
    group by w.product, w.event, w.event_kind
),
died as (
    select product, event, event_kind, count(*) as n_fatal
    from noted_fatal
    group by product, event, event_kind
),
known_fatal as (
    select h.product, h.event, h.event_kind, c.duplicate_group
    from noted_decision h
    join ops.decision d using (decision_no)
    cross join unnest(from_json(d.fatal_cases, '["BIGINT"]')) as f(case_id)
    join core.case c on c.case_id = f.case_id
),
new_fatal as (
    select f.product, f.event, f.event_kind, count(*) as n_new
    from noted_fatal f
    anti join known_fatal k
        on k.product = f.product and k.event = f.event and k.event_kind = f.event_kind
        and k.duplicate_group = f.duplicate_group
    group by f.product, f.event, f.event_kind
),
decided as (
    select
        w.product, w.event, w.event_kind, w.headline, w.rate_signal, w.n,
        coalesce(i.n_fatal, 0) as n_fatal, coalesce(p.countries, []) as countries,
        coalesce(d.signal_status, 'detected') as signal_status,
        d.signal_outcome, d.decided_on, d.decided_by, d.next_review, d.decision_no,
        h.decided_event, d.n_decided, coalesce(x.n_new, 0) as n_new_fatal,
        list_sort(list_filter(coalesce(p.countries, []), lambda c: not list_contains(d.countries, c)))
            as new_countries
    from noted_signal w
    left join noted_decision h using (product, event, event_kind)
    left join ops.decision d using (decision_no)
    left join located p using (product, event, event_kind)
    left join died i using (product, event, event_kind)
    left join new_fatal x using (product, event, event_kind)
),
changed as (
    select
        *,
        signal_status in ('closed', 'not_validated') as is_shut,
        if(signal_status = 'detected', [], list_filter([
            if($returns_new_fatal and n_new_fatal > 0, format(
                '{} new fatal case{}, {} in all', n_new_fatal, if(n_new_fatal > 1, 's', ''), n_fatal),
                null),
            if(n > n_decided and n >= n_decided * (1 + $returns_growth), format(
                '{} cases, {} when it was decided', n, n_decided), null),
            if($returns_new_country and len(new_countries) > 0, format(
                'first reported from {}', array_to_string(new_countries, ', ')), null)
        ], lambda c: c is not null)) as changes
    from decided
)
select
    product, event, event_kind, headline, rate_signal, n, n_fatal, countries, signal_status,
    signal_outcome, decided_on, decided_by, next_review, decision_no, decided_event, n_decided,
    nullif(array_to_string(changes, '; '), '') as changed_since,
    if(is_shut, nullif(array_to_string(changes, '; '), ''), null) as returned_because,
    is_shut and len(changes) = 0 as closed
from changed
order by product, event, event_kind
