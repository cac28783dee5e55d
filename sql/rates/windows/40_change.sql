-- window_change, window_before, window_covered (temporary). grain: one row per place, event, window
-- and look at which a count changes; per place and event with cases whose onset came before the
-- product; per place with cases of the product, whatever the event. params: none
-- A case counts if its patient is among those that the exposure counts: treated on a day that it
-- covers, by the start date; without one, first received on such a day (as in mart.rate). Person-years
-- given directly are nobody's: there the onset lies on a covered day, in place of the start. n: the
-- delay lies in the window for certain; n_possible: it may. A case without a delay may be in any
-- window and counts in 'all'. compared: the same of places with a background rate.
create or replace temp table window_placed as
with placed as (
    select c.*, s.scope_key
    from window_case c
    join spanned_stratum k using (stratum_no)
    join window_scope s
        on s.product = c.product and not s.is_sum and (s.is_world or s.country = k.country)
),
held as (
    select
        c.draft_id, c.scope_key, c.event_key, c.from_look, c.to_look, c.delay_low, c.delay_high,
        c.first_receipt_date, p.first_day, p.last_day,
        if(p.of_patients, c.start_low, c.onset_low) as low,
        if(p.of_patients, c.start_high, c.onset_high) as high
    from placed c
    join window_period p using (scope_key)
),
final as (
    select
        scope_key, event_key, from_look, to_look, delay_low, delay_high,
        bool_or(if(
            low is null, first_receipt_date between first_day and last_day,
            low >= first_day and high <= last_day
        )) as surely_exposed,
        bool_or(if(
            low is null, first_receipt_date >= first_day, high >= first_day and low <= last_day
        )) as maybe_exposed
    from held
    group by draft_id, scope_key, event_key, from_look, to_look, delay_low, delay_high
)
select *
from final
where maybe_exposed;

create or replace temp table window_change as
with windowed as (
    select
        p.scope_key, p.event_key, w.window_key, p.from_look, p.to_look,
        p.surely_exposed and case
            when w.is_all then coalesce(p.delay_high >= 0 and p.delay_low <= w.last_day, true)
            else coalesce(p.delay_low >= w.first_day and p.delay_high <= w.last_day, false)
        end as surely
    from window_placed p
    join latency_window w
        on coalesce(p.delay_high >= w.first_day and p.delay_low <= w.last_day, true)
),
changed as (
    select
        scope_key, event_key, window_key, from_look as look_no, surely::integer as n,
        1 as n_possible
    from windowed
    union all
    select scope_key, event_key, window_key, to_look, -(surely::integer), -1
    from windowed
    where to_look <= (select max(look_no) from look)
),
own as (
    select
        scope_key, event_key, window_key, look_no, sum(n) as n, sum(n_possible) as n_possible
    from changed
    group by scope_key, event_key, window_key, look_no
),
compared as (
    select o.*, r.background_key is not null as is_compared
    from own o
    left join window_rate r using (scope_key, event_key)
),
final as (
    select
        scope_key, event_key, window_key, look_no, n, n_possible,
        if(is_compared, n, 0) as compared, if(is_compared, n_possible, 0) as compared_possible
    from compared
    union all
    select
        pool.scope_key, c.event_key, c.window_key, c.look_no, sum(c.n), sum(c.n_possible),
        coalesce(sum(c.n) filter (c.is_compared), 0),
        coalesce(sum(c.n_possible) filter (c.is_compared), 0)
    from compared c
    join window_scope s using (scope_key)
    join window_scope pool on pool.product = s.product and pool.is_sum
    group by pool.scope_key, c.event_key, c.window_key, c.look_no
)
select *
from final
order by scope_key, event_key, window_key, look_no;

create or replace temp table window_before as
with before as (
    select scope_key, event_key, count(*) as n
    from window_placed
    where delay_high < 0 and to_look > (select max(look_no) from look)
    group by scope_key, event_key
)
select scope_key, event_key, n
from before
union all
select pool.scope_key, b.event_key, sum(b.n)
from before b
join window_scope s using (scope_key)
join window_scope pool on pool.product = s.product and pool.is_sum
group by pool.scope_key, b.event_key
order by scope_key, event_key;

create or replace temp table window_covered as
with covered as (
    select s.scope_key, s.product, count(*) as n_cases
    from counted_product p
    join product_code c using (product_no)
    join spanned_stratum k using (stratum_no)
    join window_scope s
        on s.product = c.product and not s.is_sum and (s.is_world or s.country = k.country)
    group by s.scope_key, s.product
)
select scope_key, n_cases
from covered
union all
select pool.scope_key, sum(c.n_cases)
from covered c
join window_scope pool on pool.product = c.product and pool.is_sum
group by pool.scope_key
order by scope_key;
