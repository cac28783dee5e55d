-- writes: work.pair_spread
-- reads: mart.pair_country
-- params: none
-- grain: pair with a case of a known country
-- Of countries with equally many cases the first in the alphabet is the top one.
select
    product, event, event_kind, count(*)::integer as n_countries,
    sum(a) ** 2 / sum(a * a) as effective_countries,
    arg_max(country, a * 65536 - ascii(country[1]) * 256 - ascii(country[2])) as top_country,
    max(a) as top_n
from mart.pair_country
where is_country
group by product, event, event_kind
