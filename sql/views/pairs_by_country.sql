-- writes: main.pairs_by_country (view)
-- reads: mart.pair_country
-- params: none
-- grain: product, event and country with at least one case of both
-- The 2x2 table and statistics of each pair in each country with at least one case of both
select
    product, event, event_kind, country, is_country, a, b, c, d, expected,
    log2((a + 0.5) / (expected + 0.5)) as ic, ic025, ic975, ror, ror025, ror975, prr, chi2_yates,
    a / expected as rrr,
    (a::double + b + c + d) * pow(a::double * d - b::double * c, 2)
        / nullif((a::double + b) * (c::double + d) * (a::double + c) * (b::double + d), 0) as chi2,
    (a::double + b) * (a::double + c) / (a::double + b + c + d) as crude_expected,
    flagged
from mart.pair_country
