-- writes: staging.report_event
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of VigiMed's Reacoes
-- Terms are Portuguese and stay as written: the preferred term, else the lowest level term.
with field as (
    select line, string_split(content, ';') as f
    from raw_line
    where fields = $width and content is not null
),
written as (
    select
        line,
        unbroken(f[$position['identificacao_notificacao']]) as source_report_id,
        coalesce(
            unbroken(f[$position['pt']]),
            unbroken(f[$position['reacao_evto_adverso_meddra_llt']])
        ) as term_verbatim,
        unbroken(f[$position['desfecho']]) as outcome,
        day_digits(unbroken(f[$position['data_inicio_hora']])) as onset_day
    from field
),
read as (
    select *, first_day(onset_day) as onset_date
    from written
),
final as (
    select
        $source as source, $file_id as file_id, line, source_report_id, term_verbatim, outcome,
        onset_date,
        if(onset_date is null, null, digits_precision(onset_day)) as onset_date_precision,
        if(onset_date is null and onset_day <> '', ['onset_date'], []) as unparsed
    from read
)
select * from final
