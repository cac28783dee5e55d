-- writes: staging.report
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id, $release
-- grain: row of VigiMed's Notificacoes
-- Criteria and outcomes are lists with an item for each reaction: a report has what one of them has.
-- What is told is as of the last change of the notification.
with field as (
    select line, string_split(content, ';') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        unbroken(f[$position['identificacao_notificacao']]) as source_case_id,
        unbroken(f[$position['data_inclusao_sistema']]) as included,
        unbroken(f[$position['data_ultima_atualizacao']]) as changed,
        unbroken(f[$position['tipo_notificacao']]) as report_type,
        unbroken(f[$position['notificador']]) as reporter,
        lower(unbroken(f[$position['sexo']])) as sex_word,
        replace(unbroken(f[$position['idade_momento_reacao']]), ',', '.') as age,
        replace(unbroken(f[$position['peso_kg']]), ',', '.') as weight,
        list_transform(bar_list(f[$position['grave']]), lambda n: lower(n)) as serious_words,
        lower(array_to_string(bar_list(f[$position['gravidade']]), '|')) as criteria,
        list_transform(bar_list(f[$position['desfecho']]), lambda n: lower(n)) as outcomes,
        list_filter(
            list_transform(bar_list(f[$position['data_inicio_hora']]), lambda n: day_digits(n)),
            lambda n: length(n) = 8
        ) as onsets
    from field
),
read as (
    select
        *,
        first_day(day_digits(included)) as first_receipt_date,
        first_day(day_digits(changed)) as changed_date,
        case sex_word when 'feminino' then 'F' when 'masculino' then 'M' end as sex,
        age_in_years(
            regexp_extract(age, '^[0-9.]+'), unit_of(trim(regexp_extract(age, '^[0-9.]+(.*)$', 1)))
        ) as age_years,
        weight_in_kg(weight, 'KG') as weight_kg,
        list_min(list_transform(onsets, lambda n: first_day(n))) as event_date,
        list_has_any(serious_words, ['sim', 's']) as told_serious,
        list_has_any(serious_words, ['não', 'nao', 'n']) as told_not,
        length(criteria) > 0 as has_criteria
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, $release as release,
        'ANVISA' as authority, 1 as authority_rank, 'report' as action,
        source_case_id as source_report_id, source_case_id, first_receipt_date,
        greatest(first_receipt_date, changed_date) as receipt_date,
        report_type, reporter, 'BR' as occurrence_country, sex, age_years, weight_kg,
        event_date,
        if(event_date is null, null, 'day') as event_date_precision,
        if(told_serious or has_criteria, true, if(told_not, false, null)) as serious,
        if(
            list_has_any(outcomes, ['fatal/óbito', 'fatal', 'óbito'])
                or regexp_matches(criteria, 'óbito|morte'),
            true, if(len(outcomes) > 0, false, null)
        ) as fatal,
        if(has_criteria, regexp_matches(criteria, 'óbito|morte'), null) as death,
        if(has_criteria, regexp_matches(criteria, 'amea|risco de vida'), null) as life_threatening,
        if(has_criteria, regexp_matches(criteria, 'hospital'), null) as hospitalisation,
        if(has_criteria, regexp_matches(criteria, 'incapac|inval'), null) as disability,
        if(has_criteria, regexp_matches(criteria, 'anomalia|cong.nit'), null)
            as congenital_anomaly,
        if(has_criteria, regexp_matches(criteria, 'outr|clinicamente'), null) as other_serious,
        not_read([
            if(first_receipt_date is null and included is not null, 'receipt_date', null),
            if(changed_date is null and changed is not null, 'receipt_date', null),
            if(sex is null and sex_word not in ('desconhecido', 'ignorado', 'não informado'),
                'sex', null),
            if(age_years is null and age is not null, 'age_years', null),
            if(weight_kg is null and weight is not null, 'weight_kg', null)
        ]) as unparsed
    from read
)
select * from final
