-- writes: staging.report_drug
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $lot_inner, $lot_outer
-- grain: row of a VAERS VAX table
-- Of the lot number only its keyed HMAC is loaded, as in staging/faers_drug. The vaccines of a report
-- were given at one visit and are its drug 1. Codes of vaccines are no substances.
with field as (
    select line, string_split(content, chr(31)) as f
    from raw_line
    where fields = $width and content is not null
),
read as (
    select
        line,
        ltrim(whole(f[$position['vaers_id']]), '0') as source_report_id,
        coalesce(written(f[$position['vax_name']]), written(f[$position['vax_type']]))
            as drug_verbatim,
        upper(written(f[$position['vax_lot']])) as lot
    from field
)
select
    $source as source, $file_id as file_id, line, source_report_id, '1' as drug_seq,
    'suspect' as role, drug_verbatim,
    if(
        lot is null, null,
        sha256($lot_outer || unhex(sha256($lot_inner || encode(lot))))
    ) as lot_hmac,
    []::varchar[] as unparsed
from read
