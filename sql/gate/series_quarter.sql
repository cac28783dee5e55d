-- writes: gate.series_quarter (view)
-- reads: ops.source_file
-- params: none
-- grain: quarter of a source, from the first to the last of those that its deliveries name
-- A source whose deliveries name no quarter has no series. What could not be read is no delivery.
with placed as (
    select
        source,
        4 * regexp_extract(release, '^(\d{4})Q[1-4]', 1)::integer
            + regexp_extract(release, '^\d{4}Q([1-4])', 1)::integer - 1 as place
    from ops.source_file
    where status not in ('missing', 'failed') and regexp_matches(release, '^\d{4}Q[1-4]')
),
spanned as (
    select source, unnest(generate_series(min(place), max(place))) as place
    from placed
    group by source
)
select
    source, (place // 4)::varchar || 'Q' || (place % 4 + 1)::varchar as quarter,
    (source, place) in (select (source, place) from placed) as has_file
from spanned
