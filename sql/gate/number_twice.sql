-- writes: gate.number_twice (view)
-- reads: gate.report, gate.report_drug, gate.report_event
-- params: none
-- grain: line of a workbook whose case number other lines have that are not the same
-- A line that was pasted twice is one case told twice, and harmless.
with repeated as (
    select file_id, source_case_id
    from gate.report
    where source = 'faers_dashboard' and source_case_id is not null
    group by file_id, source_case_id
    having count(distinct line) > 1
),
told as (
    select
        r.file_id, r.source_case_id, r.line,
        (
            select list_sort(list((coalesce(drug_verbatim, ''), coalesce(active_ingredient, ''))))
            from gate.report_drug d
            where d.file_id = r.file_id and d.line = r.line
        ) as drugs,
        (
            select list_sort(list(coalesce(term_verbatim, '')))
            from gate.report_event e
            where e.file_id = r.file_id and e.line = r.line
        ) as events,
        (
            r.receipt_date, r.first_receipt_date, r.event_date, r.sex, r.age_years,
            r.occurrence_country, r.manufacturer_number, r.sender
        )::varchar as person
    from gate.report r
    join repeated using (file_id, source_case_id)
),
final as (
    select file_id, line
    from told
    window number as (partition by file_id, source_case_id)
    qualify
        min((drugs, events, person)::varchar) over number
        <> max((drugs, events, person)::varchar) over number
)
select * from final
