-- writes: work.telling
-- reads: staging.report, staging.report_drug, staging.report_event, staging.report_outcome,
--   staging.report_link, staging.report_therapy, staging.report_indication, staging.report_source,
--   ops.source_file, ops.quarantine, core.case_key, work.issue
-- params: none
-- grain: case and issue that has it, of the sources of which several issues are known
-- content_hash is of all that the issue says of the case, but for the order in which it says it and for
-- what no count asks for (weight, publication, dose, end, de- and rechallenge); null where the issue says it in a row that is in quarantine, or no other issue has the case.
with issue_file as (
    select f.file_id, i.source, i.series, i.release, i.issued_on, i.issue_no, i.issued_before
    from ops.source_file f
    join issue i using (source, release)
    where f.status = 'ok' and source in (select source from issue where issue_no > 1)
),
told as (
    select
        k.case_id, r.file_id, r.line, r.source_report_id, i.source, i.series, i.release,
        i.issued_on, i.issue_no, i.issued_before,
        hash((
            r.action, r.version, r.worldwide_case_id, r.manufacturer_number, r.sender,
            r.first_receipt_date, r.receipt_date, r.report_type, r.reporter, r.occurrence_country,
            r.reporter_country, r.sex, r.age_years, r.event_date, r.event_date_precision,
            r.serious, r.fatal, r.death, r.life_threatening, r.hospitalisation, r.disability,
            r.congenital_anomaly, r.other_serious
        )) as report
    from staging.report r
    join issue_file i using (file_id)
    join core.case_key k using (authority, source_case_id)
    qualify row_number() over (
        partition by k.case_id, i.source, i.release
        order by r.version desc nulls last, r.receipt_date desc, r.source_report_id desc, r.line
    ) = 1
),
several as (
    select case_id, source, release, source_report_id
    from told
    qualify count(*) over (partition by case_id, source) > 1
),
detail as (
    select distinct file_id, source_report_id, hash((
        1, role, drug_verbatim, active_ingredient, route, lot_hmac, indication, start_date,
        start_date_precision
    )) as part
    from staging.report_drug
    where file_id in (select file_id from issue_file)
    union all
    select distinct file_id, source_report_id, hash((
        2, term_verbatim, event_code, onset_date, onset_date_precision, outcome
    ))
    from staging.report_event
    where file_id in (select file_id from issue_file)
    union all
    select distinct file_id, source_report_id, hash((3, outcome))
    from staging.report_outcome
    where file_id in (select file_id from issue_file)
    union all
    select distinct file_id, source_report_id, hash((4, link_type, linked_id))
    from staging.report_link
    where file_id in (select file_id from issue_file)
    union all
    select distinct file_id, source_report_id,
        hash((5, drug_seq, start_date, start_date_precision))
    from staging.report_therapy
    where file_id in (select file_id from issue_file)
    union all
    select distinct file_id, source_report_id, hash((6, drug_seq, indication))
    from staging.report_indication
    where file_id in (select file_id from issue_file)
    union all
    select distinct file_id, source_report_id, hash((7, report_source))
    from staging.report_source
    where file_id in (select file_id from issue_file) and lower(report_source) <> 'literature'
),
summed as (
    -- Adding up hashes tells sets apart without sorting them.
    select i.source, i.release, d.source_report_id, sum(d.part::hugeint) as parts
    from detail d
    join issue_file i using (file_id)
    semi join several using (source, release, source_report_id)
    group by all
),
unread as (
    select distinct t.case_id, i.source, i.series, i.release, i.issued_on, i.issue_no
    from ops.quarantine q
    join issue_file i using (file_id)
    join told t
        on t.source = i.source and t.series = i.series
        and t.source_report_id = q.source_report_id
    anti join told s
        on s.case_id = t.case_id and s.source = i.source and s.release = i.release
),
final as (
    select
        t.* exclude (report),
        if(s.case_id is null, null, hash((t.report, p.parts))) as content_hash
    from told t
    left join several s using (case_id, source, release)
    left join summed p
        on p.source = t.source and p.release = t.release
        and p.source_report_id = t.source_report_id
    union all by name
    select * from unread
)
select * from final
