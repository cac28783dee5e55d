-- writes: core.term_drift
-- reads: core.case, core.case_event, core.case_drug
-- params: none
-- grain: source, event that stops and event that begins in its place
-- A list to look at, which joins nothing (docs/vocabulary.md, Renamed terms). One late report of an
-- old term in fifty does not hide that it stops.
with told as (
    select
        c.source, e.event, c.case_id, c.receipt_date,
        (year(c.receipt_date) * 4 + quarter(c.receipt_date))::integer as quarter_no
    from core.case_event e
    join core.case c using (case_id)
),
span as (
    select source, min(quarter_no) as first_quarter, max(quarter_no) as last_quarter
    from told
    group by source
),
event as (
    select
        source, event, count(*) as n,
        quantile_disc(quarter_no, 0.02) as starts, quantile_disc(quarter_no, 0.98) as stops
    from told
    group by source, event
    having count(*) >= 10
),
edge as (
    select
        e.source, e.event, e.starts, e.stops,
        e.stops <= s.last_quarter - 4 as ends, e.starts >= s.first_quarter + 4 as begins
    from event e
    join span s using (source)
    where e.stops <= s.last_quarter - 4 or e.starts >= s.first_quarter + 4
),
counted as (
    select
        g.source, g.event, g.ends, g.begins, g.starts, g.stops, t.case_id, t.receipt_date,
        g.ends and t.quarter_no between g.stops - 7 and g.stops as is_last,
        g.begins and t.quarter_no between g.starts and g.starts + 7 as is_first
    from edge g
    join told t using (source, event)
),
figure as (
    select
        source, event, any_value(ends) as ends, any_value(begins) as begins,
        any_value(starts) as starts, any_value(stops) as stops,
        count(*) filter (is_last) as n_last, count(*) filter (is_first) as n_first,
        max(receipt_date) as last_seen, min(receipt_date) as first_seen,
        least(8, any_value(stops) - any_value(starts) + 1) as quarters
    from counted
    group by source, event
),
couple as (
    select
        o.source, o.event as old_event, n.event as new_event, o.last_seen, n.first_seen,
        o.n_last as n_old, n.n_first as n_new
    from figure o
    join figure n on n.source = o.source and n.event <> o.event
        and n.starts between o.stops - 2 and o.stops + 2
    where o.ends and n.begins and o.n_last >= 10 and n.n_first >= 10
      and o.n_last / o.quarters between n.n_first / n.quarters / 3 and n.n_first / n.quarters * 3
),
wanted as (
    select source, old_event as event, true as is_old from couple
    union
    select source, new_event, false from couple
),
habit as (
    select k.source, k.event, k.is_old, d.product, count(distinct c.case_id) as n
    from wanted k
    join counted c on c.source = k.source and c.event = k.event
        and if(k.is_old, c.is_last, c.is_first)
    join core.case_drug d using (case_id)
    where d.product is not null and d.role in ('primary_suspect', 'suspect', 'interacting')
    group by all
),
size as (
    select source, event, is_old, sqrt(sum(n * n)) as length
    from habit
    group by all
),
common as (
    select c.source, c.old_event, c.new_event, sum(o.n * n.n) as product_sum
    from couple c
    join habit o on o.source = c.source and o.event = c.old_event and o.is_old
    join habit n on n.source = c.source and n.event = c.new_event and not n.is_old
        and n.product = o.product
    group by all
),
likened as (
    select c.*, round(m.product_sum / (o.length * n.length), 4) as product_similarity
    from couple c
    join common m using (source, old_event, new_event)
    join size o on o.source = c.source and o.event = c.old_event and o.is_old
    join size n on n.source = c.source and n.event = c.new_event and not n.is_old
),
worded as (
    select
        *,
        list_sort(list_intersect(
            string_split(lower(old_event), ' '), string_split(lower(new_event), ' ')
        )) as words
    from likened
    where product_similarity >= 0.5
),
placed as (
    select
        *,
        row_number() over (
            partition by source, old_event
            order by len(words) > 0 desc, product_similarity desc, new_event
        ) as place
    from worded
)
select
    source, old_event, new_event, last_seen, first_seen, n_old, n_new, product_similarity,
    nullif(array_to_string(words, ' '), '') as shared_words
from placed
where place <= 3
order by shared_words is null, product_similarity desc, source, old_event, new_event
