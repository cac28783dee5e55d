-- writes: work.pair_power
-- reads: work.pair_chance, work.product_code, work.event_code, work.counted_stratum,
--   mart.country_power
-- params: none
-- grain: pair that is looked at in mart.country_power
-- sight: what is said of the country that was best placed to see the pair.
with named as (
    select
        p.product, e.event, e.event_kind, s.stratum as best_country,
        v.* exclude (product_no, event_no, best_stratum_no)
    from pair_chance v
    join product_code p using (product_no)
    join event_code e using (event_no)
    left join counted_stratum s
        on s.stratum_no = v.best_stratum_no and v.best_country_power is not null
),
sighted as (
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
select * from sighted
