-- writes: gate.exposure_overlap (view)
-- reads: gate.exposure_claim
-- params: none
-- grain: line of an exposure file that is refused
-- Lines are taken in the order in which they came: a line stands unless its period overlaps one
-- that stands, so that a refused line keeps no other out. The same period again is a new figure
-- for it. Totals may overlap each other: each contains the one before. A total reaches back to the
-- first authorisation, the earliest day that a total has named so far.
with recursive claim as (
    select
        file_id, line, product, country, is_total, period_end,
        row_number() over came as turn,
        if(
            is_total,
            min(period_start) over (
                partition by product, country, is_total
                order by file_id, line
                rows between unbounded preceding and current row
            ),
            period_start
        ) as period_start
    from gate.exposure_claim
    window came as (partition by product, country order by file_id, line)
),
settled as (
    select
        product, country, 0::bigint as turn, null::integer as file_id, null::bigint as line,
        false as refused,
        []::struct(first_day date, last_day date, is_total boolean)[] as standing
    from claim
    where turn = 1
    union all
    select
        product, country, turn, file_id, line, refused,
        if(
            refused, standing,
            list_append(standing, struct_pack(
                first_day := period_start, last_day := period_end, is_total := is_total
            ))
        ) as standing
    from (
        select
            c.*, s.standing,
            len(list_filter(s.standing, lambda other:
                other.first_day <= c.period_end and other.last_day >= c.period_start
                and not (c.is_total and other.is_total)
                and not (
                    not c.is_total and not other.is_total
                    and other.first_day = c.period_start and other.last_day = c.period_end
                )
            )) > 0 as refused
        from settled s
        join claim c
            on c.product = s.product and c.country = s.country and c.turn = s.turn + 1
    )
)
select file_id, line
from settled
where refused
