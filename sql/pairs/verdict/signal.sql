-- writes: mart.signal
-- reads: mart.pair, work.pair_verdict, work.pair_reason, mart.signal_condition, work.pair_spread,
--   mart.pair_region, mart.first_flag, work.pair_power, work.pair_notice, core.product,
--   work.listed_verdict, work.pair_error, work.pair_comparator, work.product_code,
--   work.event_code, work.listed_pair, work.pair_indication, work.first_confirmed,
--   work.look, work.headline, work.found_cluster
-- params: $as_of, $homogeneity_alpha
-- grain: product and event (or event group) with its verdict
-- A pair of which nothing is asked is not flagged.
with region as (
    select product, event, event_kind, list(region order by region) as regions_flagged
    from mart.pair_region
    where flagged
    group by product, event, event_kind
),
first as (
    select
        product, event, event_kind,
        min(first_flagged) filter (where country <> 'all') as first_country,
        min(first_flagged) filter (where country = 'all') as first_pooled
    from mart.first_flag
    group by product, event, event_kind
),
answered as (
    select
        product, event, event_kind,
        any_value(evidence -> 'countries') filter (where condition = 'no_country') as countries,
        any_value(evidence ->> 'n_joined') filter (where condition = 'duplicates') as n_joined,
        bool_and(holds) filter (where condition = 'confirmed') as confirmed
    from mart.signal_condition
    group by product, event, event_kind
),
therapy as (
    select brand, any_value(atmp_class) as atmp_class
    from core.product
    group by brand
),
clustered as (
    select distinct product_no, event_no, true as lot_cluster
    from found_cluster
),
-- What is known of few pairs is put together first: the large table is joined once to it.
coded as (
    select
        p.product, e.event, e.event_kind, x.* exclude (product_no, event_no),
        d.* exclude (product_no, event_no), o.listed, o.listing, i.n_indication,
        l.as_of as first_confirmed, h.headline, q.product as headline_product,
        f.event as headline_event, f.event_kind as headline_event_kind, h.n_rest, h.p_rest,
        u.lot_cluster
    from pair_error x
    full join pair_comparator d using (product_no, event_no)
    full join listed_pair o using (product_no, event_no)
    full join pair_indication i using (product_no, event_no)
    full join first_confirmed s using (product_no, event_no)
    full join headline h using (product_no, event_no)
    full join clustered u using (product_no, event_no)
    join product_code p using (product_no)
    join event_code e using (event_no)
    left join look l using (look_no)
    left join product_code q on q.product_no = h.headline_product_no
    left join event_code f on f.event_no = h.headline_event_no
),
told as (
    select
        product, event, event_kind, c.* exclude (product, event, event_kind),
        v.verdict, r.reasons, a.countries, a.n_joined, a.confirmed, g.regions_flagged,
        f.first_country, f.first_pooled, q.notice_date, q.n_before_notice,
        w.best_country, w.best_country_power, w.any_country_power, w.pool_power,
        w.critical_count, w.detectable
    from pair_verdict v
    full join pair_reason r using (product, event, event_kind)
    full join answered a using (product, event, event_kind)
    full join region g using (product, event, event_kind)
    full join first f using (product, event, event_kind)
    full join coded c using (product, event, event_kind)
    full join pair_power w using (product, event, event_kind)
    full join pair_notice q using (product, event, event_kind)
),
judged as (
    select
        p.*,
        coalesce(t.atmp_class, 'none') as atmp_class,
        coalesce(d.verdict, 'not_flagged') as verdict,
        coalesce(d.reasons, []) as reasons,
        coalesce(k.n_countries, 0) as n_countries,
        k.effective_countries,
        k.top_country,
        k.top_n / p.n as top_share,
        coalesce(d.countries::varchar[], []) as countries_flagged,
        coalesce(d.regions_flagged, []) as regions_flagged,
        d.n_joined::double::bigint as n_joined,
        coalesce(d.listed, false) as listed, coalesce(d.listing, []) as listing,
        coalesce(d.n_indication, 0) / p.n as indication_share,
        coalesce(d.lot_cluster, false) as lot_cluster,
        d.* exclude (
            product, event, event_kind, verdict, reasons, countries, regions_flagged, n_joined,
            listed, listing, n_indication, lot_cluster
        )
    from mart.pair p
    left join told d using (product, event, event_kind)
    left join pair_spread k using (product, event, event_kind)
    left join therapy t on t.brand = p.product
),
-- Few pairs are flagged; only these have a rank.
ranked as (
    select
        j.product, j.event, j.event_kind,
        row_number() over (
            order by
                j.atmp_class = 'none', coalesce(not j.headline, false), l.listed_place,
                j.ic025 desc, j.product, j.event, j.event_kind
        ) as rank
    from judged j
    join listed_verdict l using (verdict)
    where j.verdict <> 'not_flagged'
)
select
    product, atmp_class, event, event_kind, verdict, reasons, n, expected, n_area, expected_area,
    expected_unmasked, ic, ic025, ror, ror025, prr, chi2_yates, ebgm, eb05, crude_ic025, listed,
    listing, indication_share, family, p_value, null_kind, expected_false,
    q_value, q_country, q_pool, confirmed, n_countries, effective_countries,
    top_country, top_share, countries_flagged, regions_flagged, homogeneity_p,
    homogeneity_p < $homogeneity_alpha as heterogeneous,
    if(flagged, loco_fragility, null) as loco_fragility,
    n_joined, notice_date, n_before_notice, best_country, best_country_power, any_country_power,
    pool_power, critical_count, detectable, first_pooled, first_confirmed, first_country,
    datediff('day', first_confirmed, coalesce(first_country, $as_of::date)) as gain_days,
    if(first_confirmed is null, null, first_country is null) as gain_censored,
    headline, headline_product, headline_event, headline_event_kind, n_rest::bigint as n_rest,
    p_rest, lot_cluster,
    rank,
    $as_of::date as as_of
from judged
left join ranked using (product, event, event_kind)
order by rank nulls last, product, event, event_kind
