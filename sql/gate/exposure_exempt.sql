-- writes: gate.exposure_exempt (view)
-- reads: staging.exposure, gate.product
-- params: none
-- grain: line of an exposure file with patients under hospital exemption
-- By the product table, or by what the line says of itself. A line that says that it is without them
-- has none. Lines of earlier nights too: the product table may have learnt of an exemption since.
with said as (
    select
        e.file_id, e.line, coalesce(p.is_exempt, false) as is_exempt,
        regexp_replace(
            lower(concat_ws(' ', e.product, e.quality, e.reference)),
            '(without|excluding|except|no) hospital[ -]exempt', '', 'g'
        ) as text
    from staging.exposure e
    left join gate.product p on p.name = e.product
)
select file_id, line
from said
where is_exempt or regexp_matches(text, 'hospital[ -]exempt')
