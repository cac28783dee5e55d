-- writes: work.pair_reason
-- reads: work.pair_verdict, work.verdict_requirement, mart.signal_condition, mart.pair,
--   work.pair_power, work.pair_notice, mart.pair_region, work.pair_spread, mart.pair_country,
--   work.headline, work.product_code, work.event_code, work.found_cluster
-- params: $rule, $homogeneity_alpha
-- grain: pair of which the conditions are asked, with its reasons
-- The answers that the verdict rests on, in the order asked, and what else is worth knowing.
with said as (
    select v.product, v.event, v.event_kind, r.condition_place as place, c.reason
    from pair_verdict v
    join verdict_requirement r using (verdict_place)
    join mart.signal_condition c
        on c.product = v.product and c.event = v.event and c.event_kind = v.event_kind
        and c.condition = r.condition
    union all
    select
        v.product, v.event, v.event_kind, -1,
        format('The pool flags it ({}): {} cases where {:.2f} are expected.', $rule, p.n, p.expected)
    from pair_verdict v
    join mart.pair p using (product, event, event_kind)
    where v.verdict = 'pooled_only' or (v.verdict = 'watch' and p.flagged)
    union all
    -- What a country could have seen explains that none flags.
    select v.product, v.event, v.event_kind, 0.5, w.sight
    from pair_verdict v
    join pair_power w using (product, event, event_kind)
    where v.verdict = 'pooled_only'
    union all
    select
        v.product, v.event, v.event_kind, 100,
        format('{} of its {} cases were received after a public notice of {} ({}: {}).',
            p.n - q.n_before_notice, p.n, q.notice_date, q.issuer, q.title)
    from pair_verdict v
    join mart.pair p using (product, event, event_kind)
    join pair_notice q using (product, event, event_kind)
    anti join verdict_requirement r
        on r.verdict_place = v.verdict_place and r.condition = 'notices'
    where q.n_before_notice < p.n
    union all
    -- What part is the indication, and what is reported as listed, whatever the verdict rests on.
    select v.product, v.event, v.event_kind, 98, c.reason
    from pair_verdict v
    join mart.signal_condition c using (product, event, event_kind)
    anti join verdict_requirement r
        on r.verdict_place = v.verdict_place and r.condition = c.condition
    where c.holds and c.condition in ('indication', 'not_listed')
    union all
    select
        v.product, v.event, v.event_kind, 101,
        format('It also flags in the region{} {}.', if(count(*) > 1, 's', ''),
            string_agg(g.region, ', ' order by g.region))
    from pair_verdict v
    join mart.pair_region g using (product, event, event_kind)
    where v.verdict = 'pooled_only' and g.flagged
    group by v.product, v.event, v.event_kind
    union all
    -- The countries that carry what the others do not share: up to three with the largest excess.
    select
        v.product, v.event, v.event_kind, 99,
        format('The countries differ by more than chance (p {}): the excess is mostly in {}.',
            if(any_value(p.homogeneity_p) < 0.001, 'below 0.001',
                format('{:.3f}', any_value(p.homogeneity_p))),
            array_to_string(
                list(k.country order by k.a - k.expected desc, k.country)[:3], ', '))
    from pair_verdict v
    join mart.pair p using (product, event, event_kind)
    join mart.pair_country k using (product, event, event_kind)
    where p.flagged and p.homogeneity_p < $homogeneity_alpha and k.a > k.expected
    group by v.product, v.event, v.event_kind
    union all
    select
        v.product, v.event, v.event_kind, 103,
        case
            when q.product <> v.product then format(
                'It stands under {} / {}, of the same platform, whose rate explains its cases.',
                q.product, f.event)
            else format(
                'It stands under {} / {}{}: {} of its {} cases lie outside that.', q.product,
                f.event, if(f.event_kind = 'event_group', ' (group)', ''), h.n_rest::bigint, m.n)
        end
    from headline h
    join product_code p on p.product_no = h.product_no
    join event_code e on e.event_no = h.event_no
    join product_code q on q.product_no = h.headline_product_no
    join event_code f on f.event_no = h.headline_event_no
    join pair_verdict v
        on v.product = p.product and v.event = e.event and v.event_kind = e.event_kind
    join mart.pair m
        on m.product = v.product and m.event = v.event and m.event_kind = v.event_kind
    where not h.headline
    union all
    -- Of each kind the cluster that chance explains least.
    select
        v.product, v.event, v.event_kind, if(u.cluster_kind = 'lot', 104, 105),
        arg_min(
            format('{} of its {} cases are of one {}, where {:.1f} would be if the {}s of its '
                'countries did not differ: {}.', u.n_clustered, m.n, u.cluster_kind,
                u.expected_clustered, u.cluster_kind, if(u.cluster_kind = 'lot', 'look for a defect of quality first',
                    'ask how this sender reports')),
            u.cluster_q)
    from found_cluster u
    join product_code p using (product_no)
    join event_code e using (event_no)
    join pair_verdict v
        on v.product = p.product and v.event = e.event and v.event_kind = e.event_kind
    join mart.pair m
        on m.product = v.product and m.event = v.event and m.event_kind = v.event_kind
    group by v.product, v.event, v.event_kind, u.cluster_kind
    union all
    select
        v.product, v.event, v.event_kind, 102,
        case
            when p.loco_fragility > coalesce(k.n_countries, 0) then
                'It stands on cases without a known country alone.'
            when p.loco_fragility = 1 then 'It falls when one country is left out.'
            else format('It stands until {} countries are left out.', p.loco_fragility)
        end
    from pair_verdict v
    join mart.pair p using (product, event, event_kind)
    left join pair_spread k using (product, event, event_kind)
    where p.flagged
)
select product, event, event_kind, list(reason order by place) as reasons
from said
where reason is not null
group by product, event, event_kind
