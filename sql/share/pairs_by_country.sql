-- writes: nothing
-- reads: mart.pair_country
-- params: $cells_from
-- grain: product, single event and stratum with a count that may be shown
-- Cases of each pair by country. Counts below the smallest that may be shown are left out, and with
-- them the next larger count of the pair wherever it stands, so that the pair's total gives none
-- of them back. A country that is not here has no case, or any number up to the smallest that is.
-- Event groups are left out, because they hold their events
with complemented as (
    select
        product, event, event_kind, country, is_country, a as n,
        min(a) over pair < $cells_from as has_small,
        min(a) filter (where a >= $cells_from) over pair as next_larger
    from mart.pair_country
    where event_kind = 'event'
    window pair as (partition by product, event, event_kind)
)
select product, event, event_kind, country, is_country, n
from complemented
where n >= $cells_from and (not has_small or n > next_larger)
order by all
