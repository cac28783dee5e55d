-- writes: main.changes (view)
-- reads: mart.signal_history, mart.signal_state
-- params: none
-- grain: flagged product and event (or event group) that the last state and the one before it tell
--   differently
-- What the last state changed: new, gone, or another verdict, number of cases or of countries, or
-- confirmed or no longer. The last state is of the latest date; of one date the last computed
with numbered as (
    select state_no, as_of, row_number() over (order by as_of desc, state_no desc) as back
    from mart.signal_state
),
now as (
    select n.as_of, h.*
    from numbered n
    join mart.signal_history h
        on h.valid_from_state <= n.state_no
        and n.state_no < coalesce(h.valid_to_state, 2147483647)
    where n.back = 1
),
before as (
    select n.as_of, h.*
    from numbered n
    join mart.signal_history h
        on h.valid_from_state <= n.state_no
        and n.state_no < coalesce(h.valid_to_state, 2147483647)
    where n.back = 2
),
both_states as (
    select
        product, event, event_kind, n.product is not null as is_now, b.product is not null as was,
        n.verdict, b.verdict as verdict_before, n.n, b.n as n_before, n.n_countries,
        b.n_countries as n_countries_before, n.confirmed, b.confirmed as confirmed_before, n.ic025,
        b.ic025 as ic025_before
    from now n
    full join before b using (product, event, event_kind)
)
select
    product, event, event_kind,
    case when not was then 'new' when not is_now then 'gone' else 'changed' end as change,
    c.* exclude (product, event, event_kind, is_now, was),
    (select as_of from numbered where back = 1) as as_of,
    (select as_of from numbered where back = 2) as as_of_before
from both_states c
where not (is_now and was)
    or (verdict, n, n_countries, confirmed) is distinct from
        (verdict_before, n_before, n_countries_before, confirmed_before)
order by change, product, event, event_kind
