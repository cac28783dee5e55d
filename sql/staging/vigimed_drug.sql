-- writes: staging.report_drug
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $lot_inner, $lot_outer
-- grain: row of VigiMed's Medicamentos
-- Drugs have no number: it is made of what they are, so that the next issue numbers them alike.
-- Lots as in FAERS: HMAC-SHA256 of the written number alone. Doses and ends are no part of what a
-- drug is: rows of the same drug are its doses, the last end is the drug's.
with field as (
    select line, string_split(content, ';') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        unbroken(f[$position['identificacao_notificacao']]) as source_report_id,
        lower(unbroken(f[$position['componente_suspeito']])) as role_word,
        unbroken(f[$position['nome_medicamento_whodrug']]) as drug_verbatim,
        nullif(array_to_string(bar_list(f[$position['principios_ativos_whodrug']]), '; '), '')
            as active_ingredient,
        nullif(array_to_string(bar_list(f[$position['via_administracao']]), '; '), '') as route,
        nullif(array_to_string(bar_list(f[$position['indicacao_meddra']]), '; '), '')
            as indication,
        day_digits(bar_list(f[$position['inicio_administracao']])[1]) as start_day,
        list_transform(bar_list(f[$position['fim_administracao']]), lambda n: day_digits(n)) as ends,
        told_doses(f[$position['dose']]) as dose,
        upper(unbroken(f[$position['numelo_lote']])) as lot
    from field
),
read as (
    select
        *,
        first_day(start_day) as start_date,
        list_max(list_filter(ends, lambda n: first_day(n) is not null)) as end_day,
        first_day(end_day) as end_date,
        case
            when role_word = 'suspeito' then 'suspect'
            when role_word = 'concomitante' then 'concomitant'
            when role_word in ('interação', 'interacao') then 'interacting'
            when role_word in ('medicamento não administrado', 'não administrado')
                then 'not_administered'
        end as role
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id,
        (dense_rank() over (
            partition by source_report_id
            order by drug_verbatim, active_ingredient, role_word, start_day, route, indication
        ))::varchar as drug_seq,
        role, drug_verbatim, active_ingredient, route, indication, start_date,
        if(start_date is null, null, digits_precision(start_day)) as start_date_precision,
        end_date, if(end_date is null, null, digits_precision(end_day)) as end_date_precision,
        dose,
        if(
            lot is null, null,
            sha256($lot_outer || unhex(sha256($lot_inner || encode(lot))))
        ) as lot_hmac,
        not_read([
            if(role is null and role_word is not null, 'role', null),
            if(start_date is null and start_day <> '', 'start_date', null),
            if(end_date is null and len(ends) > 0, 'end_date', null)
        ]) as unparsed
    from read
)
select * from final
