-- mart.country_power, mart.region_power, pair_power (temporary). grain: one row per pair looked at
-- and stratum where the product has cases; per such pair and region where both occur; per such
-- pair. params: none
-- The probabilities come from pv.pairs.detectability as columns with dense codes.
insert into mart.country_power by name
select
    p.product, e.event, e.event_kind, s.stratum as country,
    c.* exclude (product_no, event_no, stratum_no)
from country_power_columns c
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
order by c.product_no, c.event_no, c.stratum_no;

insert into mart.region_power by name
select
    p.product, e.event, e.event_kind, s.region, c.* exclude (product_no, event_no, stratum_no)
from region_power_columns c
join product_code p using (product_no)
join event_code e using (event_no)
join counted_stratum s using (stratum_no)
order by c.product_no, c.event_no, s.region;

-- sight: what is said of the country that was best placed to see the pair.
create or replace temp table pair_power as
with named as (
    select
        p.product, e.event, e.event_kind, s.stratum as best_country,
        c.* exclude (product_no, event_no, best_stratum_no)
    from pair_power_columns c
    join product_code p using (product_no)
    join event_code e using (event_no)
    left join counted_stratum s
        on s.stratum_no = c.best_stratum_no and c.best_country_power is not null
),
final as (
    select
        n.*,
        format(
            if(not n.detectable,
                'No single country could have been expected to see this: at the pooled estimate '
                || 'the best placed, {}, would flag with a probability of {} ({} where {:.2f} are '
                || 'expected).',
                'At the pooled estimate {} would flag with a probability of {} ({} where {:.2f} '
                || 'are expected), and does not.'),
            n.best_country,
            if(n.best_country_power < 0.01, 'less than 1%',
                format('{:.0f}%', floor(100 * n.best_country_power))),
            coalesce(c.critical_count || ' cases needed', 'no number of cases would do'),
            c.expected
        ) as sight
    from named n
    left join mart.country_power c
        on c.product = n.product and c.event = n.event and c.event_kind = n.event_kind
        and c.country = n.best_country
)
select * from final;
