-- writes: staging.report_drug
-- reads: work.raw_icsr_report, work.raw_icsr_drug, work.raw_icsr_dose
-- params: $source, $file_id, $lot_inner, $lot_outer
-- grain: drug of an individual case safety report, with one route and lot
-- A drug is repeated where it was given by several routes or from several lots. Of the lot number
-- only HMAC-SHA256(key, upper(trim(lot))) is loaded, as in faers_drug.sql.
with dose as (
    select distinct
        line, drug_seq, written_value(route_text) as route,
        upper(written_value(lot_text)) as lot
    from raw_icsr_dose
    where written_value(route_text) is not null or written_value(lot_text) is not null
),
read as (
    select
        r.line, written_value(r.report_id_text) as source_report_id, d.drug_seq,
        case written_value(d.role_text)
            when '1' then 'suspect'
            when '2' then 'concomitant'
            when '3' then 'interacting'
            when '4' then 'not_administered'
        end as role,
        written_value(d.drug_name_text) as drug_verbatim,
        written_value(d.ingredient_text) as active_ingredient,
        s.route,
        if(
            s.lot is null, null,
            sha256($lot_outer || unhex(sha256($lot_inner || encode(s.lot))))
        ) as lot_hmac,
        is_written(d.role_text) as has_role
    from raw_icsr_drug d
    join raw_icsr_report r using (line)
    left join dose s using (line, drug_seq)
),
final as (
    select
        $source as source, $file_id as file_id, * exclude (has_role),
        if(has_role and role is null, ['role'], []) as unparsed
    from read
)
select * from final
