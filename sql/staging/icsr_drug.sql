-- writes: staging.report_drug
-- reads: work.raw_icsr_report, work.raw_icsr_drug, work.raw_icsr_dose
-- params: $source, $file_id, $lot_inner, $lot_outer
-- grain: drug of an individual case safety report, with one route and lot
-- A drug is repeated where it was given by several routes or from several lots. Of the lot number
-- only HMAC-SHA256(key, upper(trim(lot))) is loaded, as in faers_drug.sql. All doses of a drug stand in
-- each of its rows. Whether the reaction came back R2 and R3 tell by the same numbers.
with dose as (
    select distinct
        line, drug_seq, written_value(route_text) as route,
        upper(written_value(lot_text)) as lot
    from raw_icsr_dose
    where written_value(route_text) is not null or written_value(lot_text) is not null
),
given as (
    select
        line, drug_seq,
        string_agg(distinct coded_dose(
            written_value(dose_amount_text), written_value(dose_unit_text),
            written_value(dose_often_text)
        ), '; ' order by coded_dose(
            written_value(dose_amount_text), written_value(dose_unit_text),
            written_value(dose_often_text)
        )) as dose
    from raw_icsr_dose
    group by line, drug_seq
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
        is_written(d.role_text) as has_role,
        is_written(d.rechallenge_text) as has_rechallenge,
        case written_value(d.dechallenge_text) when '1' then 'positive' when '2' then 'negative' end
            as dechallenge,
        case written_value(d.rechallenge_text)
            when '1' then 'positive'
            when '2' then 'negative'
            when '3' then 'unknown'
            when '4' then 'not_applicable'
        end as rechallenge,
        g.dose
    from raw_icsr_drug d
    join raw_icsr_report r using (line)
    left join dose s using (line, drug_seq)
    left join given g using (line, drug_seq)
),
final as (
    select
        $source as source, $file_id as file_id, * exclude (has_role, has_rechallenge),
        not_read([
            if(has_role and role is null, 'role', null),
            if(has_rechallenge and rechallenge is null, 'rechallenge', null)
        ]) as unparsed
    from read
)
select * from final
