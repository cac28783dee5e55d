-- candidate, country_look (temporary). grain: one row per candidate pair and country; per candidate and
-- month-end look. params: $n_min
-- A candidate is a pair that the pool flags and no country flags now. Condition 1 of the
-- pooled-only verdict asks whether a country with enough cases would have flagged at an earlier
-- look. A case enters at its first receipt, with what is known of it now.
create or replace temp table candidate as
with open as (
    select product, event, event_kind
    from mart.pair
    where flagged
    except
    select product, event, event_kind
    from mart.pair_country
    where is_country and flagged
)
select p.product_no, e.event_no, s.stratum_no, c.product, c.event, c.event_kind, c.country
from mart.pair_country c
join open using (product, event, event_kind)
join product_code p using (product)
join event_code e using (event, event_kind)
join counted_stratum s on s.stratum = c.country
where c.is_country and c.a >= $n_min;

create or replace temp table candidate_case as
select p.product_no, e.event_no, p.stratum_no, p.case_id
from counted_product p
join counted_event e using (case_id)
semi join candidate d
    on d.product_no = p.product_no and d.event_no = e.event_no and d.stratum_no = p.stratum_no;

create or replace temp table country_look as
with entry as (
    select c.case_id, c.stratum_no, last_day(least(k.first_receipt_date, k.receipt_date)) as month_end
    from counted_case c
    join core.case k using (case_id)
),
month as (
    select distinct month_end
    from entry
),
total as (
    select
        stratum_no, month_end,
        sum(count(*)) over (partition by stratum_no order by month_end) as n_cases
    from entry
    group by stratum_no, month_end
),
product as (
    select
        p.product_no, p.stratum_no, x.month_end,
        sum(count(*)) over (
            partition by p.product_no, p.stratum_no order by x.month_end
        ) as n_product
    from counted_product p
    join entry x using (case_id)
    where p.product_no in (select product_no from candidate)
    group by p.product_no, p.stratum_no, x.month_end
),
event as (
    select
        e.event_no, e.stratum_no, x.month_end,
        sum(count(*)) over (partition by e.event_no, e.stratum_no order by x.month_end) as n_event
    from counted_event e
    join entry x using (case_id)
    where e.event_no in (select event_no from candidate)
    group by e.event_no, e.stratum_no, x.month_end
),
pair as (
    select
        d.product_no, d.event_no, d.stratum_no, x.month_end,
        sum(count(*)) over (
            partition by d.product_no, d.event_no, d.stratum_no order by x.month_end
        ) as a
    from candidate_case d
    join entry x using (case_id)
    group by d.product_no, d.event_no, d.stratum_no, x.month_end
),
grid as (
    select d.*, m.month_end
    from candidate d
    cross join month m
),
final as (
    select
        g.product, g.event, g.event_kind, g.country, g.product_no, g.month_end,
        a.a::double as a, p.n_product::double as n_product, e.n_event::double as n_event,
        t.n_cases::double as n_cases
    from grid g
    asof join pair a
        on a.product_no = g.product_no and a.event_no = g.event_no
        and a.stratum_no = g.stratum_no and a.month_end <= g.month_end
    asof join product p
        on p.product_no = g.product_no and p.stratum_no = g.stratum_no
        and p.month_end <= g.month_end
    asof join event e
        on e.event_no = g.event_no and e.stratum_no = g.stratum_no and e.month_end <= g.month_end
    asof join total t on t.stratum_no = g.stratum_no and t.month_end <= g.month_end
    where a.a >= $n_min
)
select * from final
order by product, event, event_kind, country, month_end;
