-- writes: staging.report_drug
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $lot_inner, $lot_outer
-- grain: row of a FAERS DRUG table (a dose, since 2024Q4)
-- Of the lot number only HMAC-SHA256(key, upper(trim(lot))) is loaded (RFC 2104): the hash over
-- the outer pad and the hash over the inner pad and the lot. The pads hold the key. What is written
-- of a dose in free text (dose_vbm) stays in its file.
with field as (
    select line, string_split(content, '$') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        whole(f[$position['primaryid']]) as source_report_id,
        whole(f[$position['drug_seq']]) as drug_seq,
        upper(written(f[$position['role_cod']])) as role_code,
        written(f[$position['drugname']]) as drug_verbatim,
        written(f[$position['prod_ai']]) as active_ingredient,
        written(f[$position['route']]) as route,
        upper(written(f[$position['lot_num']])) as lot,
        coded_dose(
            written(f[$position['dose_amt']]), written(f[$position['dose_unit']]),
            written(f[$position['dose_freq']])
        ) as dose,
        written(f[$position['dechal']]) as dechal,
        written(f[$position['rechal']]) as rechal
    from field
),
read as (
    select
        line, source_report_id, drug_seq, role_code, drug_verbatim, active_ingredient, route, dose,
        dechal, challenge_of(dechal) as dechallenge, rechal, challenge_of(rechal) as rechallenge,
        case role_code
            when 'PS' then 'primary_suspect'
            when 'SS' then 'suspect'
            when 'C' then 'concomitant'
            when 'I' then 'interacting'
        end as role,
        if(
            lot is null, null,
            sha256($lot_outer || unhex(sha256($lot_inner || encode(lot))))
        ) as lot_hmac
    from written
),
final as (
    select
        $source as source, $file_id as file_id,
        r.* exclude (role_code, dechal, rechal),
        not_read([
            if(role_code is not null and role is null, 'role', null),
            if(dechal is not null and dechallenge is null, 'dechallenge', null),
            if(rechal is not null and rechallenge is null, 'rechallenge', null)
        ]) as unparsed
    from read r
)
select * from final
