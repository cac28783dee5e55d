-- core.case_version. grain: one row per version of a case ever received. params: $as_of
-- One case, one current version. Inside a source the highest version, then the latest receipt and
-- the highest report id; a report published twice counts as published last. Of an authority's
-- sources the one that received last: the dashboard has no version numbers, but may be newer.
insert into core.case_version
with version as (
    select
        k.case_id, r.source, r.source_report_id, r.release, r.version, r.action,
        r.first_receipt_date, r.receipt_date, r.file_id, r.line, r.authority_rank,
        r.receipt_date <= $as_of as known
    from staging.report r
    join core.case_key k using (authority, source_case_id)
),
deleted as (
    select distinct case_id
    from version
    where known and action = 'delete'
),
of_source as (
    select
        v.*,
        row_number() over (
            partition by v.case_id, v.known, v.action = 'delete', v.authority_rank
            order by
                v.version desc nulls last,
                v.receipt_date desc,
                try_cast(v.source_report_id as hugeint) desc nulls last,
                v.source_report_id desc,
                v.release desc,
                v.file_id desc,
                v.line desc
        ) as place_in_source
    from version v
),
ranked as (
    select
        s.*,
        row_number() over (
            partition by s.case_id, s.known, s.action = 'delete'
            order by s.place_in_source, s.receipt_date desc, s.authority_rank
        ) as place
    from of_source s
),
final as (
    select
        r.case_id, r.source, r.source_report_id, r.release, r.version, r.action,
        r.first_receipt_date, r.receipt_date, r.file_id, r.line,
        r.known and r.action = 'report' and r.place = 1 and d.case_id is null as current
    from ranked r
    left join deleted d using (case_id)
)
select * from final
order by case_id, receipt_date, source_report_id, release, file_id, line;
