-- writes: staging.report_source
-- reads: work.raw_line
-- params: $position, $width, $source, $file_id
-- grain: row of VigiMed's Notificacoes that says from whom it was received
with field as (
    select line, string_split(content, ';') as f
    from raw_line
    where fields = $width and content is not null
),
final as (
    select
        $source as source, $file_id as file_id, line,
        unbroken(f[$position['identificacao_notificacao']]) as source_report_id,
        unbroken(f[$position['recebido_de']]) as report_source
    from field
    where unbroken(f[$position['recebido_de']]) is not null
)
select * from final
