-- writes: mart.signal
-- reads: mart.pair, work.pair_verdict, work.pair_reason, mart.signal_condition, work.pair_spread,
--   mart.pair_region, mart.first_flag, work.pair_power, work.pair_notice, core.product,
--   work.listed_verdict, work.pair_error, work.pair_comparator, work.product_code,
--   work.event_code, work.listed_pair, work.pair_indication, work.first_confirmed,
--   work.look, work.headline, mart.lot_cluster
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
error as (
    select p.product, e.event, e.event_kind, x.* exclude (product_no, event_no)
    from pair_error x
    join product_code p using (product_no)
    join event_code e using (event_no)
),
comparator as (
    select p.product, e.event, e.event_kind, x.* exclude (product_no, event_no)
    from pair_comparator x
    join product_code p using (product_no)
    join event_code e using (event_no)
),
since as (
    select p.product, e.event, e.event_kind, l.as_of as first_confirmed
    from first_confirmed f
    join product_code p using (product_no)
    join event_code e using (event_no)
    join look l using (look_no)
),
listing as (
    select p.product, e.event, e.event_kind, l.listed, l.listing
    from listed_pair l
    join product_code p using (product_no)
    join event_code e using (event_no)
),
given_for as (
    select p.product, e.event, e.event_kind, i.n_indication
    from pair_indication i
    join product_code p using (product_no)
    join event_code e using (event_no)
),
headlined as (
    select
        p.product, e.event, e.event_kind, h.headline, q.product as headline_product,
        f.event as headline_event, f.event_kind as headline_event_kind, h.n_rest, h.p_rest
    from headline h
    join product_code p on p.product_no = h.product_no
    join event_code e on e.event_no = h.event_no
    join product_code q on q.product_no = h.headline_product_no
    join event_code f on f.event_no = h.headline_event_no
),
clustered as (
    select distinct product, event, event_kind, true as lot_cluster
    from mart.lot_cluster
),
judged as (
    select
        p.*,
        coalesce(t.atmp_class, 'none') as atmp_class,
        coalesce(v.verdict, 'not_flagged') as verdict,
        coalesce(r.reasons, []) as reasons,
        coalesce(k.n_countries, 0) as n_countries,
        k.effective_countries,
        k.top_country,
        k.top_n / p.n as top_share,
        coalesce(a.countries::varchar[], []) as countries_flagged,
        coalesce(g.regions_flagged, []) as regions_flagged,
        a.n_joined::double::bigint as n_joined,
        a.confirmed,
        coalesce(o.listed, false) as listed, coalesce(o.listing, []) as listing,
        coalesce(i.n_indication, 0) / p.n as indication_share,
        x.family, x.p_value, x.null_kind, x.expected_false, x.q_value, x.q_country, x.q_pool,
        d.n_area, d.expected_area, d.expected_unmasked,
        q.notice_date,
        q.n_before_notice,
        w.best_country, w.best_country_power, w.any_country_power, w.pool_power,
        w.critical_count, w.detectable,
        f.first_country, f.first_pooled, s.first_confirmed,
        h.headline, h.headline_product, h.headline_event, h.headline_event_kind, h.n_rest, h.p_rest,
        coalesce(u.lot_cluster, false) as lot_cluster
    from mart.pair p
    left join pair_verdict v using (product, event, event_kind)
    left join pair_reason r using (product, event, event_kind)
    left join answered a using (product, event, event_kind)
    left join error x using (product, event, event_kind)
    left join comparator d using (product, event, event_kind)
    left join listing o using (product, event, event_kind)
    left join given_for i using (product, event, event_kind)
    left join pair_spread k using (product, event, event_kind)
    left join region g using (product, event, event_kind)
    left join first f using (product, event, event_kind)
    left join since s using (product, event, event_kind)
    left join headlined h using (product, event, event_kind)
    left join pair_power w using (product, event, event_kind)
    left join pair_notice q using (product, event, event_kind)
    left join clustered u using (product, event, event_kind)
    left join therapy t on t.brand = p.product
),
ranked as (
    select
        j.*,
        row_number() over (
            order by
                j.verdict = 'not_flagged', j.atmp_class = 'none', coalesce(not j.headline, false),
                l.listed_place, j.ic025 desc,
                j.product, j.event, j.event_kind
        ) as place
    from judged j
    join listed_verdict l using (verdict)
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
    if(verdict = 'not_flagged', null, place) as rank,
    $as_of::date as as_of
from ranked
order by rank nulls last, product, event, event_kind
