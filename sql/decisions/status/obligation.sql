-- writes: mart.obligation
-- reads: core.product, core.exposure
-- params: $as_of
-- grain: advanced therapy with what its authorisation asks for
-- A therapy under hospital exemption is a product of its own in the product table; the gate sets
-- its patients aside (gate/exposure_exempt), so that they are in no exposure.
with treated as (
    select product_id, min(period_start) as first_treated
    from core.exposure
    where patients > 0 and period_start <= $as_of::date
    group by product_id
)
select
    p.brand as product, p.authorisation, p.authorisation = 'hospital_exemption' as hospital_exemption,
    p.conditional, p.eu_status, p.additional_monitoring, p.follow_up_years, t.first_treated,
    datesub('year', t.first_treated, $as_of::date)::integer as followed_years, p.reference
from core.product p
left join treated t using (product_id)
order by p.brand, p.product_id
