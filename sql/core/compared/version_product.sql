-- writes: work.version_product
-- reads: work.current_version, work.version_drug, work.version_span, work.month_end
-- params: $pseudo_cases, $product_u
-- grain: version and suspect product
-- How common a product was when the month before the report ended; the rarest one comes first.
with stated as (
    select distinct version_no, product
    from version_drug
    where role in ('primary_suspect', 'suspect', 'interacting') and product is not null
),
change as (
    select s.product, v.valid_from_look as look_no, count(*) as n
    from stated s
    join version_span v using (version_no)
    group by s.product, v.valid_from_look
    union all
    select s.product, v.valid_to_look, -count(*)
    from stated s
    join version_span v using (version_no)
    where v.valid_to_look < 2147483647
    group by s.product, v.valid_to_look
),
running as (
    select product, look_no, sum(sum(n)) over (partition by product order by look_no) as n
    from change
    group by product, look_no
),
known as (
    select s.*, m.look_no, coalesce(m.cases_known, 0) as cases_known
    from stated s
    join current_version d using (version_no)
    left join month_end m on m.as_of = date_trunc('month', d.receipt_date)::date - 1
),
frequency as (
    select
        k.version_no, k.product,
        -- Without one: the case that it is compared with.
        ($pseudo_cases * $product_u + greatest(coalesce(r.n, 0) - 1, 0))
            / ($pseudo_cases + greatest(k.cases_known - 1, 0)) as frequency
    from known k
    asof left join running r on r.product = k.product and r.look_no <= coalesce(k.look_no, -1)
)
select
    version_no, product, least(frequency, 1.0)::double as frequency,
    row_number() over (partition by version_no order by frequency, product)::integer as rarity
from frequency
